import type { MethodDescriptor } from '@noema/kernel';
import type { Kernels } from '@noema/simd';
import type { DescribedSetting, Settings } from '../keras.settings.js';

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

/** Properties of an optimizer, which clients get with its description. */
// A type, because an interface has no index signature.
export type OptimizerFacts = {
  /** True when it is used where a request names no optimizer. */
  readonly usedByDefault: boolean;
};

/** An optimizer under its Keras name in snake case, with its description. */
export interface OptimizerKind extends MethodDescriptor {
  readonly facts: OptimizerFacts;
  /** Throws `invalid` SETTING_INVALID. */
  create(settings?: Settings): Optimizer;
}

/** The learning rate of an optimizer. */
export const learningRateSetting = (fallback: number) =>
  ({
    fallback,
    min: 0,
    title: 'Learning rate',
    help: 'Factor on the change of the weights in one step.',
    step: 0.0001,
  }) as const satisfies DescribedSetting;

/** The number that keeps a quotient finite. */
export const EPSILON_SETTING = {
  fallback: 1e-7,
  min: 0,
  title: 'Epsilon',
  help: 'Number that is added to a divisor, so that no step is divided by 0.',
  step: 1e-8,
} as const satisfies DescribedSetting;

/** The share of the last change that the next one keeps. */
export const MOMENTUM_SETTING = {
  fallback: 0,
  min: 0,
  below: 1,
  title: 'Momentum',
  help: 'Share of the last change that a step keeps; 0 for none.',
} as const satisfies DescribedSetting;
