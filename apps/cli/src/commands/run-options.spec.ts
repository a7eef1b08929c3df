import { expect, it } from 'vitest';
import { learningRate } from './run-options.js';

it('a learning rate is a number above 0', () => {
  expect(learningRate('1e-3')).toBe(0.001);
  for (const text of ['0', '-1', 'fast', 'Infinity']) expect(() => learningRate(text)).toThrow(/above 0/);
});
