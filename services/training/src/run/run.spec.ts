import { describe, expect, it } from 'vitest';
import { RankedEvaluation } from '../evaluation/evaluation.js';
import { describeProgress, readProgress } from './run.progress.js';
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

it('progress is a sentence that can be read back', () => {
  const progress = { epoch: 3, phase: 'training' as const, done: 12, total: 125, loss: 0.25 };
  expect(describeProgress(progress, 5)).toBe('epoch 3 of 5: training, loss 0.2500');
  expect(readProgress('epoch 3 of 5: training, loss 0.2500', 12, 125)).toEqual(progress);
  expect(readProgress('epoch 3 of 5: saving', 0, 1)).toEqual({
    epoch: 3,
    phase: 'saving',
    done: 0,
    total: 1,
    loss: 0,
  });
  expect(readProgress(describeProgress({ ...progress, loss: 1.5e-9 }, 5), 12, 125)!.loss).toBe(1.5e-9);
  expect(readProgress('waiting', 0, 0)).toBeUndefined();
});

it('ranks rows by falling loss, equal ones by row, and gives those without ground truth no rank', () => {
  const ranked = new RankedEvaluation({
    rows: 4,
    width: 2,
    hasLoss: Uint8Array.of(1, 0, 1, 1),
    loss: Float32Array.of(0.5, NaN, 2, 0.5),
    predictedClass: Int32Array.of(0, 1, 1, 0),
    trueClass: Int32Array.of(0, -1, 0, 0),
    correct: Uint8Array.of(1, 0, 0, 1),
    outputs: Float32Array.of(0.75, 0.25, 0.5, 0.5, 0.25, 0.75, 1, 0),
  });
  expect([...ranked.byLoss]).toEqual([2, 0, 3, 1]);
  const index = {
    splits: ['training', 'unlabeled', 'validation', 'training'] as const,
    fields: new Map(),
    sampleIds: ['a', 'b', 'c', 'd'],
    rowOf: () => 0,
  };
  expect(ranked.at(2, index, ['no', 'yes'])).toMatchObject({
    split: 'validation',
    sampleId: 'c',
    loss: 2,
    lossRank: 1,
    predictedClassName: 'yes',
    trueClassName: 'no',
    correct: false,
    probabilities: Float32Array.of(0.25, 0.75),
  });
  expect(ranked.at(1, index, [])).toMatchObject({
    loss: undefined,
    lossRank: 0,
    trueClass: -1,
    trueClassName: '',
  });
});
