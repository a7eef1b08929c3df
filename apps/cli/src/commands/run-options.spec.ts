import { lossHeads, metrics, optimizers } from '@noema/engine';
import { expect, it } from 'vitest';
import { learningRate, RUN_NAMES } from './run-options.js';

it('the help of a run names every loss, optimizer and metric that there is', () => {
  expect({
    losses: lossHeads.keys().sort(),
    optimizers: optimizers.keys().sort(),
    metrics: metrics.keys().sort(),
  }).toEqual(RUN_NAMES);
});

it('a learning rate is a number above 0', () => {
  expect(learningRate('1e-3')).toBe(0.001);
  for (const text of ['0', '-1', 'fast', 'Infinity']) expect(() => learningRate(text)).toThrow(/above 0/);
});
