import { expect, it } from 'vitest';
import { RankedEvaluation } from './evaluation.js';

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
