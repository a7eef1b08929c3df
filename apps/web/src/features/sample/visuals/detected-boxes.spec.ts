import { create } from '@bufbuild/protobuf';
import { SampleObjectSchema } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { Task } from '@noema/contracts/noema/type/v1/task';
import type { StoredBoxes } from '@noema/integration/visuals';
import { expect, it } from 'vitest';
import { addDetections } from './detected-boxes.js';

const visual: StoredBoxes = {
  kind: 'boxes',
  width: 200,
  height: 100,
  labels: ['cat'],
  boxes: [
    { label: 0, x: 10, y: 10, width: 20, height: 20 },
    { label: 0, x: 0, y: 0, width: 5, height: 5, predicted: true, score: 0.5 },
  ],
};
const object = (className: string, outcome: string, score?: number) =>
  create(SampleObjectSchema, {
    ...{ x: 0.25, y: 0.5, width: 0.5, height: 0.25, className, outcome },
    ...(score !== undefined && { score }),
  });

it('objects of a detection replace other predictions, in pixels, with the words of their outcomes', () => {
  const { boxes, labels } = addDetections(visual, {
    task: Task.DETECTION,
    trueObjects: [object('cat', 'missed')],
    predictedObjects: [object('dog', 'background', 0.75), object('cat', 'true-positive', 0.5)],
  });
  const place = { x: 50, y: 50, width: 100, height: 25 };
  expect(labels).toEqual(['cat', 'dog']);
  expect(boxes).toEqual([
    { label: 0, ...place, note: 'missed' },
    { label: 1, ...place, predicted: true, score: 0.75, note: 'no object here' },
    { label: 0, ...place, predicted: true, score: 0.5 },
  ]);
});

it('ground truth of the picture stays where the run compares with none', () => {
  const { boxes } = addDetections(visual, {
    task: Task.DETECTION,
    trueObjects: [],
    predictedObjects: [object('cat', '', 0.5)],
  });
  expect(boxes.map(({ predicted = false, x }) => [predicted, x])).toEqual([
    [false, 10],
    [true, 50],
  ]);
});

it('boxes of other tasks are unchanged', () => {
  expect(addDetections(visual, { task: Task.MULTI_LABEL, trueObjects: [], predictedObjects: [] })).toBe(
    visual,
  );
});
