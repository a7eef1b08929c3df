import { type DescribedSetting, describeSettings, readSettings } from '../keras.settings.js';
import { learningRateSetting, MOMENTUM_SETTING, type OptimizerKind } from './optimizer.js';

const SETTINGS = {
  learning_rate: learningRateSetting(0.01),
  momentum: MOMENTUM_SETTING,
  nesterov: {
    fallback: false,
    title: 'Nesterov',
    help: 'Whether the gradient is taken where the momentum leads.',
  },
} as const satisfies Readonly<Record<string, DescribedSetting>>;

/** Gradient descent, with momentum, with Nesterov's form of it (Sutskever et al., 2013). */
export const sgd: OptimizerKind = {
  key: 'sgd',
  title: 'SGD',
  summary: 'Stochastic gradient descent, on request with momentum.',
  reference: 'Sutskever et al. 2013',
  parameters: describeSettings(SETTINGS),
  facts: { usedByDefault: false },
  create(settings) {
    const { learning_rate, momentum, nesterov } = readSettings('optimizer sgd', SETTINGS, settings);
    return {
      learningRate: learning_rate,
      slotCount: momentum === 0 ? 0 : 1,
      step({ parameters, gradients, slots, from, to }, rate) {
        const [velocity] = slots;
        for (let i = from; i < to; i++) {
          const g = gradients[i]!;
          if (velocity === undefined) {
            parameters[i]! -= rate * g;
          } else {
            const v = momentum * velocity[i]! - rate * g;
            velocity[i] = v;
            parameters[i]! += nesterov ? momentum * v - rate * g : v;
          }
        }
      },
    };
  },
};
