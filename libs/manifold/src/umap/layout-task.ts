import type { FuzzySet } from './fuzzy-set.js';
import type { SimilarityCurve } from './curve.js';

/** Where some points are held, [n, dims] with NaN for those that are not, and how strongly: the share of the way back that a step at full rate takes. */
export interface Hold {
  readonly places: Float32Array;
  readonly weight: number;
}

/** What every layout thread gets; arrays lie in shared memory. */
export interface LayoutTask {
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
  readonly hold?: Hold | undefined;
}
