import type { FuzzySet } from './fuzzy-set.js';
import type { SimilarityCurve } from './curve.js';

/** Places in the shared control words. */
export const ARRIVED = 0, GENERATION = 1, ABORT_ASKED = 2, ABORT = 3;
export const CONTROL_WORDS = 4;

/** What every layout thread gets; arrays lie in shared memory. */
export interface LayoutTask {
  readonly thread: number;
  readonly threads: number;
  readonly set: FuzzySet;
  readonly dims: 2 | 3;
  readonly epochs: number;
  readonly seed: number;
  readonly negatives: number;
  readonly learningRate: number;
  readonly curve: SimilarityCurve;
  /** Coordinates [n, dims] float32 of the even and of the odd epochs. */
  readonly even: Float32Array;
  readonly odd: Float32Array;
  readonly control: Int32Array;
  readonly snapshotEvery: number;
}

/** Sent by the last thread to arrive at the end of an epoch. */
export interface EpochMessage {
  readonly epoch: number;
  /** Coordinates after this epoch, when it is one to show. */
  readonly coordinates?: Float32Array;
}
