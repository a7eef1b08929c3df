import { type DescribedSetting, describeSettings, readSettings, type Settings } from '../keras.settings.js';
import { EPSILON_SETTING, learningRateSetting, type Optimizer, type OptimizerKind } from './optimizer.js';

const ADAM = {
  learning_rate: learningRateSetting(0.001),
  beta_1: {
    fallback: 0.9,
    min: 0,
    below: 1,
    title: 'Beta 1',
    help: 'Share of the mean of the gradients that a step keeps.',
  },
  beta_2: {
    fallback: 0.999,
    min: 0,
    below: 1,
    title: 'Beta 2',
    help: 'Share of the mean of the squared gradients that a step keeps.',
    step: 0.001,
  },
  epsilon: EPSILON_SETTING,
} as const satisfies Readonly<Record<string, DescribedSetting>>;

const ADAMW = {
  ...ADAM,
  weight_decay: {
    fallback: 0.004,
    min: 0,
    title: 'Weight decay',
    help: 'Share of every weight, times the learning rate, that a step takes away.',
    step: 0.001,
  },
} as const satisfies Readonly<Record<string, DescribedSetting>>;

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
  title: 'Adam',
  summary: 'Scales every step by running means of the gradients and of their squares.',
  reference: 'Kingma & Ba 2015',
  parameters: describeSettings(ADAM),
  facts: { usedByDefault: true },
  create: (settings?: Settings) => adamWith(readSettings('optimizer adam', ADAM, settings), 0),
};

/** Adam with decoupled weight decay (Loshchilov & Hutter, 2019). */
export const adamw: OptimizerKind = {
  key: 'adamw',
  title: 'AdamW',
  summary: 'Adam that also shrinks all weights, independently of the gradients.',
  reference: 'Loshchilov & Hutter 2019',
  parameters: describeSettings(ADAMW),
  facts: { usedByDefault: false },
  create(settings?: Settings) {
    const { weight_decay, ...rest } = readSettings('optimizer adamw', ADAMW, settings);
    return adamWith(rest, weight_decay);
  },
};
