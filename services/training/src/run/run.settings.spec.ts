import { describe, expect, it } from 'vitest';
import { completeSettings } from './run.settings.js';

describe('settings', () => {
  it('have Keras defaults, and the number of workers of the operator', () => {
    expect(completeSettings({ epochs: 3 }, { workers: 2 })).toEqual({
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
    expect(completeSettings({ kind: 'evaluate', epochs: 9 }, { workers: 2 }).epochs).toBe(1);
  });
  it.each([
    [{ epochs: 0 }, /settings.epochs is 0/],
    [{ epochs: 1, batchSize: -1 }, /settings.batch_size is -1/],
    [{ epochs: 1, workers: 65 }, /settings.workers is 65; give a whole number from 1 to 64/],
  ])('%j is refused', (asked, message) => {
    expect(() => completeSettings(asked, { workers: 2 })).toThrow(message);
  });
});
