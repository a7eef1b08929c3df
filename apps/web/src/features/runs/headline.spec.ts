import { create } from '@bufbuild/protobuf';
import { EpochSchema } from '@noema/contracts/noema/training/v1/epoch';
import { ConfusionCellSchema } from '@noema/contracts/noema/training/v1/evaluation_summary';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { describe, expect, it } from 'vitest';
import { findHeadline, worstPair } from './headline.js';

const epoch = (metrics: { name: string; value: number }[]) =>
  create(EpochSchema, {
    epoch: 1,
    splits: [
      { split: Split.TRAINING, sampleCount: 80, loss: 0.1, metrics: [{ name: 'accuracy', value: 1 }] },
      { split: Split.VALIDATION, sampleCount: 100, loss: 0.5, metrics },
    ],
  });

describe('headline of a run', () => {
  it('has the interval of Wilson for an accuracy of the validation split', () => {
    const headline = findHeadline(epoch([{ name: 'accuracy', value: 0.9 }]));
    expect(headline).toMatchObject({ name: 'accuracy', value: 0.9, split: Split.VALIDATION });
    // SciPy 1.17: binomtest(90, 100).proportion_ci(method='wilson').
    expect(headline!.interval!.low).toBeCloseTo(0.8256344, 6);
    expect(headline!.interval!.high).toBeCloseTo(0.9447709, 6);
  });

  it('has no interval for metrics that are no share of samples', () => {
    expect(findHeadline(epoch([{ name: 'meanAbsoluteError', value: 0.3 }]))?.interval).toBeUndefined();
    expect(findHeadline(epoch([{ name: 'f1', value: 0.3 }]))?.interval).toBeUndefined();
  });

  it('takes the loss where there is no metric, and nothing before the first epoch', () => {
    expect(findHeadline(epoch([]))).toMatchObject({ name: 'loss', value: 0.5 });
    expect(findHeadline(undefined)).toBeUndefined();
  });
});

describe('worst pair of classes', () => {
  const cell = (trueClass: number, predictedClass: number, count: number) =>
    create(ConfusionCellSchema, { trueClass, predictedClass, count });

  it('is the pair that is confused most often', () => {
    expect(worstPair([cell(0, 0, 90), cell(3, 7, 9), cell(7, 3, 4)])).toMatchObject({
      trueClass: 3,
      predictedClass: 7,
      count: 9,
    });
  });

  it('is undefined when all are predicted correctly', () => {
    expect(worstPair([cell(0, 0, 90), cell(1, 1, 2)])).toBeUndefined();
  });
});
