import { KernelMemory, kernelsOn } from '@noema/simd';
import { describe, expect, it } from 'vitest';
import { createOptimizer } from './optimizer.registry.js';

/**
 * Three steps with gradients 0.1, −0.2, 0.3 from 1, at the given settings, on the given number of parameters
 * between others; slots and parameters in double precision would differ only by rounding.
 */
function steps(name: string, settings: Record<string, unknown>, count: number): number {
  const optimizer = createOptimizer(name, settings);
  const memory = new KernelMemory();
  const parameters = memory.floats([9, ...Array.from({ length: count }, () => 1), 9]);
  const gradients = memory.floats(count + 2);
  const slots = Array.from({ length: optimizer.slotCount }, () => memory.floats(count + 2));
  const kernels = kernelsOn(memory.shared);
  [0.1, -0.2, 0.3].forEach((g, i) => {
    gradients.fill(7).fill(g, 1, count + 1);
    optimizer.step(
      { kernels, parameters, gradients, slots, from: 1, to: count + 1 },
      optimizer.learningRate,
      i + 1,
    );
  });
  expect([parameters[0], parameters[count + 1]]).toEqual([9, 9]);
  // The same bits for all.
  expect(new Set(parameters.subarray(1, count + 1)).size).toBe(1);
  return parameters[1]!;
}

/** The same in closed form, from the papers' formulas. */
const formulas: Record<string, () => number> = {
  sgd: () => 1 - 0.5 * 0.2,
  momentum: () => {
    let [w, v] = [1, 0];
    for (const g of [0.1, -0.2, 0.3]) {
      v = 0.9 * v - 0.5 * g;
      w += v;
    }
    return w;
  },
  nesterov: () => {
    let [w, v] = [1, 0];
    for (const g of [0.1, -0.2, 0.3]) {
      v = 0.9 * v - 0.5 * g;
      w += 0.9 * v - 0.5 * g;
    }
    return w;
  },
  rmsprop: () => {
    let [w, s] = [1, 0];
    for (const g of [0.1, -0.2, 0.3]) {
      s = 0.9 * s + 0.1 * g * g;
      w -= (0.01 * g) / Math.sqrt(s + 1e-7);
    }
    return w;
  },
  centered: () => {
    let [w, s, a, h] = [1, 0, 0, 0];
    for (const g of [0.1, -0.2, 0.3]) {
      s = 0.9 * s + 0.1 * g * g;
      a = 0.9 * a + 0.1 * g;
      h = 0.5 * h + (0.01 * g) / Math.sqrt(s - a * a + 1e-7);
      w -= h;
    }
    return w;
  },
  adam: () => adam(0),
  adamw: () => adam(0.1),
};

function adam(decay: number): number {
  let [w, m, v] = [1, 0, 0];
  [0.1, -0.2, 0.3].forEach((g, i) => {
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    w -= 0.01 * decay * w;
    w -= (0.01 * (m / (1 - 0.9 ** (i + 1)))) / (Math.sqrt(v / (1 - 0.999 ** (i + 1))) + 1e-7);
  });
  return w;
}

describe('optimizers follow their formulas', () => {
  it.each([
    ['sgd', 'SGD', { learning_rate: 0.5 }],
    ['momentum', 'sgd', { learning_rate: 0.5, momentum: 0.9 }],
    ['nesterov', 'sgd', { learning_rate: 0.5, momentum: 0.9, nesterov: true }],
    ['rmsprop', 'RMSprop', { learning_rate: 0.01 }],
    ['centered', 'rmsprop', { learning_rate: 0.01, momentum: 0.5, centered: true }],
    ['adam', 'Adam', { learning_rate: 0.01 }],
    ['adamw', 'AdamW', { learning_rate: 0.01, weight_decay: 0.1 }],
  ])('%s', (formula, name, settings) => {
    for (const count of [1, 7, 8]) expect(steps(name, settings, count)).toBeCloseTo(formulas[formula]!(), 5);
  });

  it('have the rates of Keras', () => {
    expect(['sgd', 'rmsprop', 'adam', 'adamw'].map((name) => createOptimizer(name).learningRate)).toEqual([
      0.01, 0.001, 0.001, 0.001,
    ]);
  });
});
