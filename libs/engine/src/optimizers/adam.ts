import { readSettings, type Settings } from '../keras.settings.js';
import type { Optimizer, OptimizerKind } from './optimizer.js';

const RANGES = {
  learning_rate: { fallback: 0.001, min: 0 },
  beta_1: { fallback: 0.9, min: 0, below: 1 },
  beta_2: { fallback: 0.999, min: 0, below: 1 },
  epsilon: { fallback: 1e-7, min: 0 },
} as const;

interface Adam {
  readonly learning_rate: number;
  readonly beta_1: number;
  readonly beta_2: number;
  readonly epsilon: number;
}

function adamWith({ learning_rate, beta_1, beta_2, epsilon }: Adam, decay: number): Optimizer {
  return {
    learningRate: learning_rate,
    slotCount: 2,
    step({ kernels, parameters, gradients, slots, from, to }, rate, iteration) {
      const [first, second] = slots as [Float32Array, Float32Array];
      const at = ({ byteOffset }: Float32Array): number => byteOffset + 4 * from;
      const alpha = (rate * Math.sqrt(1 - beta_2 ** iteration)) / (1 - beta_1 ** iteration);
      kernels.adamStep(
        at(parameters),
        at(gradients),
        at(first),
        at(second),
        to - from,
        beta_1,
        1 - beta_1,
        beta_2,
        1 - beta_2,
        alpha,
        epsilon,
        1 - rate * decay,
      );
    },
  };
}

/** Adam (Kingma & Ba, 2015), its two moments and the step in one pass over the arrays, in float32. */
export const adam: OptimizerKind = {
  key: 'adam',
  create: (settings?: Settings) => adamWith(readSettings('optimizer adam', RANGES, settings), 0),
};

/** Adam with decoupled weight decay (Loshchilov & Hutter, 2019). */
export const adamw: OptimizerKind = {
  key: 'adamw',
  create(settings?: Settings) {
    const { weight_decay, ...rest } = readSettings(
      'optimizer adamw',
      { ...RANGES, weight_decay: { fallback: 0.004, min: 0 } },
      settings,
    );
    return adamWith(rest, weight_decay);
  },
};
