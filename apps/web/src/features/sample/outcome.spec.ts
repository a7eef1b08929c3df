import { create } from '@bufbuild/protobuf';
import { SampleObjectSchema } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { expect, it } from 'vitest';
import { outcomeText } from './outcome.js';

const object = (outcome: string) => create(SampleObjectSchema, { outcome });
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
    'IoU 0.5, accuracy by position 97.00%',
  ],
  [
    'a detection',
    {
      ...none,
      task: Task.DETECTION,
      iou: 0.5,
      trueObjects: ['true-positive', 'missed', 'badly-placed'].map(object),
      predictedObjects: ['true-positive', 'badly-placed'].map(object),
    },
    '1 of 3 objects found, 1 missed, 1 badly placed, 1 false positive, IoU 0.5',
  ],
  [
    'a picture without objects',
    { ...none, task: Task.DETECTION, trueObjects: [], predictedObjects: [] },
    'no objects',
  ],
  [
    'a detection without ground truth',
    { ...none, hasLoss: false, task: Task.DETECTION, predictedObjects: [''].map(object) },
    '1 object predicted, no ground truth',
  ],
])('the outcome of %s', (_, evaluation, text) => {
  expect(outcomeText(evaluation)?.replace('−', '-')).toBe(text);
});
