import { readSettings } from '../keras.settings.js';
import type { OptimizerKind } from './optimizer.js';

/** Gradients divided by a running mean of their size (Tieleman & Hinton, 2012), as Keras writes it. */
export const rmsprop: OptimizerKind = {
  key: 'rmsprop',
  create(settings) {
    const { learning_rate, rho, momentum, epsilon, centered } = readSettings(
      'optimizer rmsprop',
      {
        learning_rate: { fallback: 0.001, min: 0 },
        rho: { fallback: 0.9, min: 0, below: 1 },
        momentum: { fallback: 0, min: 0, below: 1 },
        epsilon: { fallback: 1e-7, min: 0 },
        centered: { fallback: false },
      },
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
