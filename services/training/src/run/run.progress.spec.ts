import { expect, it } from 'vitest';
import { describeProgress, readProgress } from './run.progress.js';

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
