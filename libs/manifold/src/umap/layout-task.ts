import type { FuzzySet } from './fuzzy-set.js';
import type { SimilarityCurve } from './curve.js';

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
}
