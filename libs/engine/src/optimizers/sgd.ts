import { readSettings } from '../keras.settings.js';
import type { OptimizerKind } from './optimizer.js';

/** Gradient descent, with momentum, with Nesterov's form of it (Sutskever et al., 2013). */
export const sgd: OptimizerKind = {
  key: 'sgd',
  create(settings) {
    const { learning_rate, momentum, nesterov } = readSettings(
      'optimizer sgd',
      {
        learning_rate: { fallback: 0.01, min: 0 },
        momentum: { fallback: 0, min: 0, below: 1 },
        nesterov: { fallback: false },
      },
      settings,
    );
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
