import type { Kernels } from '@noema/simd';
import type { Settings } from '../keras.settings.js';

/**
 * The part [from, to) of the flat arrays that one step changes, all in the memory of the kernels; `slots` are
 * the optimizer's own arrays, as long as the parameters.
 */
export interface StepRange {
  readonly kernels: Kernels;
  readonly parameters: Float32Array;
  readonly gradients: Float32Array;
  readonly slots: readonly Float32Array[];
  readonly from: number;
  readonly to: number;
}

/**
 * A configured optimizer. A step works element by element, so that any cut of the arrays gives the same
 * result.
 */
export interface Optimizer {
  readonly learningRate: number;
  /** Number of state arrays, initialised with zeros. */
  readonly slotCount: number;
  /** Runs one step at the given rate; `iteration` starts at 1. */
  step(range: StepRange, learningRate: number, iteration: number): void;
}

export interface OptimizerKind {
  /** The Keras name in snake case. */
  readonly key: string;
  /** Throws `invalid` SETTING_INVALID. */
  create(settings?: Settings): Optimizer;
}
