import { create } from '@bufbuild/protobuf';
import { PositionRegionSchema } from '@noema/contracts/noema/training/v1/sample_evaluation';
import type { StoredMask, StoredSpans } from '@noema/integration/visuals';
import { describe, expect, it } from 'vitest';
import { addMask, addTags } from './predicted-positions.js';

const region = (classIndex: number, className: string, ...runs: number[]) =>
  create(PositionRegionSchema, { classIndex, className, runs });

describe('a predicted mask', () => {
  const visual: StoredMask = {
    ...{ kind: 'mask', width: 4, height: 2, labels: ['ground', 'cat', 'dog'] },
    regions: [
      { label: 1, runs: [0, 2] },
      { label: 2, runs: [7, 1], predicted: true },
    ],
  };
  const sky = region(0, 'ground', 2, 6);

  it('replaces other predictions, without the class that the ground truth does not draw', () => {
    const { regions, labels } = addMask(visual, {
      positionDims: [2, 4],
      predictedRegions: [region(0, 'ground', 3, 5), region(1, 'cat', 0, 3), region(3, '', 7, 1)],
      trueRegions: [sky, region(1, 'cat', 0, 2)],
    });
    expect(labels).toEqual(['ground', 'cat', 'dog', 'class 3']);
    expect(regions).toEqual([
      { label: 1, runs: [0, 2] },
      { label: 1, predicted: true, runs: [0, 3] },
      { label: 3, predicted: true, runs: [7, 1] },
    ]);
  });

  it('has the size of the picture', () => {
    const { regions } = addMask(
      { ...visual, regions: [] },
      { positionDims: [1, 2], predictedRegions: [region(2, '', 1, 1)], trueRegions: [region(1, '', 0, 1)] },
    );
    expect(regions).toEqual([
      { label: 1, runs: [0, 2, 2, 2] },
      { label: 2, predicted: true, runs: [2, 2, 2, 2] },
    ]);
  });

  it('draws the ground truth of the evaluation where the picture has no mask, without a background', () => {
    const { regions } = addMask(
      { ...visual, labels: [], regions: [] },
      {
        positionDims: [2, 4],
        predictedRegions: [region(0, 'Background', 0, 8)],
        trueRegions: [region(0, 'Background', 1, 7), region(1, 'cell', 0, 1)],
      },
    );
    expect(regions).toEqual([{ label: 0, runs: [0, 1] }]);
  });

  it('is absent for other tasks', () => {
    const none = { positionDims: [], predictedRegions: [], trueRegions: [] };
    expect(addMask(visual, none)).toBe(visual);
    expect(addMask(visual, { ...none, positionDims: [8] })).toBe(visual);
  });
});

describe('predicted tags', () => {
  const visual: StoredSpans = {
    ...{ kind: 'spans', text: 'Ada King saw Bern', labels: ['PER'] },
    spans: [
      { start: 0, end: 8, label: 0 },
      { start: 9, end: 12, label: 0, predicted: true },
    ],
    offsets: [
      [0, 3],
      [4, 8],
      [9, 12],
      [13, 17],
    ],
  };
  const evaluation = {
    positionDims: [6],
    predictedRegions: [region(0, 'O', 1, 2, 1, 2), region(1, 'B-PER', 0, 1), region(2, 'B-LOC', 3, 1)],
    trueRegions: [],
  };

  it('become parts next to the ground truth, without the padding behind the last word', () => {
    const { spans, labels } = addTags(visual, evaluation);
    expect(labels).toEqual(['PER', 'LOC']);
    expect(spans).toEqual([
      { start: 0, end: 8, label: 0 },
      { start: 0, end: 3, label: 0, predicted: true },
      { start: 13, end: 17, label: 1, predicted: true },
    ]);
  });

  it('are not drawn where the places of the words are not known', () => {
    const { offsets: _, ...placeless } = visual;
    expect(addTags(placeless, evaluation)).toBe(placeless);
  });
});
