import { describe, expect, it } from 'vitest';
import { completeSettings } from './run.settings.js';

const DEFAULTS = { workers: 2, optimizer: 'adam' };

describe('settings', () => {
  it('have Keras defaults, and the number of workers of the operator', () => {
    expect(completeSettings({ epochs: 3 }, DEFAULTS)).toEqual({
      kind: 'train',
      epochs: 3,
      batchSize: 64,
      seed: 0,
      workers: 2,
      learningRateSchedule: undefined,
      loss: undefined,
      optimizer: { name: 'adam', config: {} },
      metrics: [],
    });
    expect(completeSettings({ kind: 'evaluate', epochs: 9 }, DEFAULTS).epochs).toBe(1);
  });
  it('have the default optimizer where a request names none, also with settings of its own', () => {
    const completeOptimizer = (optimizer?: { name: string; config: object }) =>
      completeSettings(
        { epochs: 1, ...(optimizer && { optimizer: { ...optimizer, config: { ...optimizer.config } } }) },
        DEFAULTS,
      ).optimizer;
    expect(completeOptimizer()).toEqual({ name: 'adam', config: {} });
    expect(completeOptimizer({ name: '', config: { learning_rate: 0.1 } })).toEqual({
      name: 'adam',
      config: { learning_rate: 0.1 },
    });
    expect(completeOptimizer({ name: 'sgd', config: {} })).toEqual({ name: 'sgd', config: {} });
  });
  it.each([
    [{ epochs: 0 }, /settings.epochs is 0/],
    [{ epochs: 1, batchSize: -1 }, /settings.batch_size is -1/],
    [{ epochs: 1, workers: 65 }, /settings.workers is 65; give a whole number from 1 to 64/],
  ])('%j is refused', (asked, message) => {
    expect(() => completeSettings(asked, DEFAULTS)).toThrow(message);
  });
});
