import { type DescribedSetting, describeSettings, readSettings } from '../keras.settings.js';
import { EPSILON_SETTING, learningRateSetting, MOMENTUM_SETTING, type OptimizerKind } from './optimizer.js';

const SETTINGS = {
  learning_rate: learningRateSetting(0.001),
  rho: {
    fallback: 0.9,
    min: 0,
    below: 1,
    title: 'Rho',
    help: 'Share of the mean of the squared gradients that a step keeps.',
  },
  momentum: MOMENTUM_SETTING,
  epsilon: EPSILON_SETTING,
  centered: {
    fallback: false,
    title: 'Centered',
    help: 'Whether gradients are divided by their deviation from their mean.',
  },
} as const satisfies Readonly<Record<string, DescribedSetting>>;

/** Gradients divided by a running mean of their size (Tieleman & Hinton, 2012), as Keras writes it. */
export const rmsprop: OptimizerKind = {
  key: 'rmsprop',
  title: 'RMSprop',
  summary: 'Divides the gradients by a running mean of their size.',
  reference: 'Tieleman & Hinton 2012',
  parameters: describeSettings(SETTINGS),
  facts: { usedByDefault: false },
  create(settings) {
    const { learning_rate, rho, momentum, epsilon, centered } = readSettings(
      'optimizer rmsprop',
      SETTINGS,
      settings,
    );
    return {
      learningRate: learning_rate,
      slotCount: 3,
      step({ parameters, gradients, slots, from, to }, rate) {
        const [square, heap, mean] = slots as [Float32Array, Float32Array, Float32Array];
        for (let i = from; i < to; i++) {
          const g = gradients[i]!;
          const v = (square[i] = rho * square[i]! + (1 - rho) * g * g);
          let size = v + epsilon;
          if (centered) {
            const m = (mean[i] = rho * mean[i]! + (1 - rho) * g);
            size -= m * m;
          }
          const change = (rate * g) / Math.sqrt(size);
          if (momentum === 0) parameters[i]! -= change;
          else parameters[i]! -= heap[i] = momentum * heap[i]! + change;
        }
      },
    };
  },
};
