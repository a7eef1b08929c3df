import { expect, it } from 'vitest';
import { visibleSummary } from './expectations.js';
import type { WalkResult } from './walk-result.js';

const map = {
  epoch: 1,
  points: 10,
  trustworthiness: 0.98,
  continuity: 0.98,
  knn_overlap: 0.3,
  label_agreement_map: 0.97,
  label_agreement_vectors: 0.97,
};
const good: WalkResult = {
  validation_accuracy: 0.975,
  explorations: [map, { ...map, epoch: 2 }],
  loss_ratio_misclassified: 30,
  nearest_class: { 4: '9', 7: '9' },
  similar: { query: 'validation/x', k: 24, same_label: 24, recall: 1 },
  analysis: {
    sample: 'validation/y',
    label: '5',
    prediction: '6',
    deletion: 0.1,
    insertion: 0.9,
    random_deletion: 0.4,
    random_insertion: 0.3,
  },
  seconds: { total: 60 },
  engine: { trainer: 'a', responder: 'b', index: 'exact' },
};
const missed = (result: WalkResult) =>
  visibleSummary(result, { points: 10, trained: true })
    .filter((s) => !s.met)
    .map((s) => s.what);

it('is content with a good walk', () => {
  expect(missed(good)).toEqual([]);
});
it.each([
  ['validation accuracy', { validation_accuracy: 0.9699 }],
  ['maps made without being asked', { explorations: [map, { ...map, epoch: 3 }] }],
  [
    'maps made without being asked',
    {
      explorations: [
        { ...map, points: 9 },
        { ...map, epoch: 2 },
      ],
    },
  ],
  ['trustworthiness (k = 15)', { explorations: [map, { ...map, epoch: 2, trustworthiness: 0.97 }] }],
  ['look-alikes are nearest', { nearest_class: { 4: '9', 7: '3' } }],
  ['recall against brute force', { similar: { ...good.similar, recall: 0.999 } }],
  ['heat map: deletion below random', { analysis: { ...good.analysis, deletion: 0.5 } }],
  ['wall time', { seconds: { total: 91 } }],
])('sees that %s falls short', (what, change) => {
  expect(missed({ ...good, ...change })).toEqual([what]);
});
