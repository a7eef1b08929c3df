import { Task } from '@noema/contracts/noema/type/v1/task';
import { expect, it } from 'vitest';
import { outcomeText } from './outcome.js';

const none = { hasLoss: true, correct: false, predictions: [], targets: [] };

it.each<[string, Parameters<typeof outcomeText>[0], string | undefined]>([
  ['a class', { ...none, task: Task.MULTI_CLASS }, undefined],
  ['a run before tasks were recorded', { ...none, task: Task.UNSPECIFIED }, undefined],
  [
    'a number',
    { ...none, task: Task.REGRESSION, predictions: [121.5], targets: [120], residual: -1.5 },
    'predicted 121.5, target 120, residual -1.5',
  ],
  [
    'numbers without ground truth',
    { ...none, hasLoss: false, task: Task.REGRESSION, predictions: [1, 2, 3, 4] },
    'predicted 1, 2, 3, …',
  ],
  ['labels', { ...none, task: Task.MULTI_LABEL, correct: true }, 'all labels predicted correctly'],
  [
    'a mask',
    { ...none, task: Task.PER_PIXEL, pixelAccuracy: 0.97, iou: 0.5 },
    'IoU 0.5, pixel accuracy 97.00%',
  ],
])('the outcome of %s', (_, evaluation, text) => {
  expect(outcomeText(evaluation)?.replace('−', '-')).toBe(text);
});
