import { create } from '@bufbuild/protobuf';
import { type Epoch, EpochSchema } from '@noema/contracts/noema/training/v1/epoch';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { describe, expect, it } from 'vitest';
import { metricSeries } from './chart-series.js';
import { judgedSplit, listSplits, metricNames } from './epoch-series.js';

const epoch = (number: number, training: number, validation?: number): Epoch =>
  create(EpochSchema, {
    epoch: number,
    splits: [
      ...(validation === undefined
        ? []
        : [{ split: Split.VALIDATION, loss: validation, metrics: [{ name: 'accuracy', value: 0.9 }] }]),
      { split: Split.TRAINING, loss: training, metrics: [{ name: 'accuracy', value: 0.95 }] },
    ],
  });

describe('series of epochs', () => {
  it('makes one line a split, in the usual order', () => {
    const epochs = [epoch(1, 1, 2), epoch(2, 0.5, NaN)];
    const series = metricSeries([{ id: 'a', name: 'first', epochs }], 'loss');
    expect(series.map(({ label }) => label)).toEqual(['training', 'validation']);
    expect(series[1]!.points).toEqual([
      { x: 1, y: 2 },
      { x: 2, y: NaN },
    ]);
    expect(listSplits(epochs)).toEqual([Split.TRAINING, Split.VALIDATION]);
    expect(metricNames(epochs)).toEqual(['accuracy']);
  });

  it('distinguishes several runs by color and their splits by dashes', () => {
    const series = metricSeries(
      [
        { id: 'a', name: 'first', epochs: [epoch(1, 1, 2)] },
        { id: 'b', name: 'second', epochs: [epoch(1, 3)] },
      ],
      'accuracy',
    );
    expect(series.map(({ label }) => label)).toEqual([
      'first · training',
      'first · validation',
      'second · training',
    ]);
    expect(series[0]!.color).toBe(series[1]!.color);
    expect(series[0]!.color).not.toBe(series[2]!.color);
    expect([series[0]!.dash, series[1]!.dash]).toEqual(['2 4', undefined]);
  });

  it('judges by validation, else by what there is', () => {
    expect(judgedSplit(epoch(1, 1, 2))!.split).toBe(Split.VALIDATION);
    expect(judgedSplit(epoch(1, 1))!.split).toBe(Split.TRAINING);
    expect(judgedSplit(undefined)).toBeUndefined();
  });
});
