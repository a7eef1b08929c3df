import { create } from '@bufbuild/protobuf';
import { EvaluationSummarySchema } from '@noema/contracts/noema/training/v1/evaluation_summary';
import { describe, expect, it } from 'vitest';
import { METRICS, pickEpochs } from './slice-metrics.js';

const [accuracy, loss] = [METRICS[0]!, METRICS[1]!];
const summary = (init: object) => create(EvaluationSummarySchema, init);

describe('metrics of slices', () => {
  it('are shares with the interval of Wilson, compared with that of Newcombe (1998), table II', () => {
    const a = summary({ classCount: 70, accuracy: 0.8 });
    const b = summary({ classCount: 80, accuracy: 0.6 });
    expect(accuracy.measure(a)).toMatchObject({ value: 0.8, n: 70 });
    const found = accuracy.compare(a, b)!;
    expect(found.n).toBe(150);
    expect(found.value).toBeCloseTo(0.2, 12);
    expect(found.interval!.low).toBeCloseTo(0.0524, 4);
    expect(found.interval!.high).toBeCloseTo(0.3339, 4);
  });

  it('are means with an interval of Student, by the quantile of a table: t(0.975, 9) = 2.262', () => {
    const found = loss.measure(summary({ lossCount: 10, meanLoss: 1, lossDeviation: Math.sqrt(10) }))!;
    expect(found).toMatchObject({ value: 1, n: 10 });
    expect(found.interval!.low).toBeCloseTo(1 - 2.262, 3);
    expect(found.interval!.high).toBeCloseTo(1 + 2.262, 3);
  });

  it('have no interval for one sample, and are undefined for none', () => {
    expect(loss.measure(summary({ lossCount: 1, meanLoss: 2 }))).toEqual({
      value: 2,
      n: 1,
      interval: undefined,
    });
    expect(loss.measure(summary({}))).toBeUndefined();
    expect(accuracy.measure(summary({ lossCount: 4 }))).toBeUndefined();
    expect(accuracy.compare(summary({ classCount: 3, accuracy: 1 }), summary({}))).toBeUndefined();
  });
});

it('spreads epochs from the first to the last', () => {
  expect(pickEpochs(3, 40)).toEqual([1, 2, 3]);
  expect(pickEpochs(100, 4)).toEqual([1, 34, 67, 100]);
});
