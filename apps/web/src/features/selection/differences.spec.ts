import { create } from '@bufbuild/protobuf';
import { MetadataDifferenceSchema } from '@noema/contracts/noema/datasets/v1/metadata_difference';
import { EvaluationSummarySchema } from '@noema/contracts/noema/training/v1/evaluation_summary';
import { expect, it } from 'vitest';
import { chance, confusions, labelPairs, lossPairs, repeatsLabels } from './differences.js';

const selected = create(EvaluationSummarySchema, {
  count: 4,
  lossCount: 4,
  losses: [
    { low: 0, high: 1, count: 1 },
    { low: 1, high: 2, count: 3 },
  ],
  classes: [
    { classIndex: 1, trueCount: 3 },
    { classIndex: 0, trueCount: 1 },
    { classIndex: 2, trueCount: 0, predictedCount: 4 },
  ],
  confusion: [
    { trueClass: 1, predictedClass: 1, count: 9 },
    { trueClass: 1, predictedClass: 0, count: 2 },
    { trueClass: 0, predictedClass: 2, count: 5 },
    { trueClass: -1, predictedClass: 2, count: 7 },
  ],
});
const rest = create(EvaluationSummarySchema, {
  count: 10,
  lossCount: 10,
  losses: [
    { low: 0, high: 1, count: 10 },
    { low: 1, high: 2, count: 0 },
  ],
  classes: [{ classIndex: 0, trueCount: 10 }],
});

it('compares shares, so that a small selection can be seen next to a large rest', () => {
  expect(lossPairs(selected, rest).map((pair) => [pair.selected, pair.rest])).toEqual([
    [0.25, 1],
    [0.75, 0],
  ]);
  expect(
    labelPairs(selected, rest, ['four', 'nine']).map((pair) => [pair.label, pair.selected, pair.rest]),
  ).toEqual([
    ['nine', 0.75, 0],
    ['four', 0.25, 1],
  ]);
});

it('lists what is misclassified, without what is correct or has no label', () => {
  expect(
    confusions(selected.confusion).map(({ trueClass, predictedClass, count }) => [
      trueClass,
      predictedClass,
      count,
    ]),
  ).toEqual([
    [0, 2, 5],
    [1, 0, 2],
  ]);
});

it('says how likely a difference is by chance', () => {
  expect([1e-9, 0.01, 0.4].map(chance)).toEqual(['p < 0.001', 'p = 0.01', 'p = 0.4']);
});

it('leaves out what repeats the labels: their name, and a column with the same counts', () => {
  const column = (name: string, counts: readonly (readonly [number, number])[]) =>
    create(MetadataDifferenceSchema, {
      name,
      bins: counts.map(([selectedCount, restCount]) => ({ selectedCount, restCount })),
    });
  const both = { selected, rest };
  expect(repeatsLabels(column('class_name', []), both)).toBe(true);
  expect(
    repeatsLabels(
      column('digit', [
        [1, 10],
        [0, 0],
        [3, 0],
      ]),
      both,
    ),
  ).toBe(true);
  expect(
    repeatsLabels(
      column('digit', [
        [4, 0],
        [0, 10],
      ]),
      {
        selected: create(EvaluationSummarySchema, { classes: [{ classIndex: 1, trueCount: 4 }] }),
        rest: create(EvaluationSummarySchema, { classes: [{ classIndex: 0, trueCount: 10 }] }),
      },
    ),
  ).toBe(true);
  expect(
    repeatsLabels(
      column('writer', [
        [2, 10],
        [0, 0],
        [2, 0],
      ]),
      both,
    ),
  ).toBe(false);
  expect(
    repeatsLabels(
      column('digit', [
        [1, 10],
        [3, 0],
      ]),
      undefined,
    ),
  ).toBe(false);
});
