import { describe, expect, it } from 'vitest';
import { toParts } from './class-histogram.js';
import { orderUnits } from './unit-order.js';

describe('units', () => {
  const units = [
    { unit: 0, standardDeviation: 1, lossCorrelation: 0.1 },
    { unit: 1, standardDeviation: 3, lossCorrelation: -0.5 },
    { unit: 2, standardDeviation: 1, lossCorrelation: 0.2 },
  ];
  it.each([
    ['unit', [0, 1, 2]],
    ['variance', [1, 0, 2]],
    ['loss', [1, 2, 0]],
  ] as const)('are ordered by %s', (order, expected) => {
    expect(orderUnits(units, order).map(({ unit }) => unit)).toEqual(expected);
  });
});

describe('a histogram by label', () => {
  const histogram = [{ count: 5 }, { count: 4 }];
  const of = (classIndex: number, ...counts: number[]) => ({ classIndex, className: '', counts });

  it('has the samples without a label as its rest', () => {
    expect(toParts(histogram, [of(0, 3, 1), of(1, 1, 3)])).toEqual([
      { index: 0, name: '0', counts: [3, 1] },
      { index: 1, name: '1', counts: [1, 3] },
      { index: -1, name: 'without a label', counts: [1, 0] },
    ]);
  });

  it('has no rest when every sample has a label', () => {
    expect(toParts(histogram, [of(0, 4, 1), of(1, 1, 3)])).toHaveLength(2);
  });

  it('takes the smallest of many labels together', () => {
    expect(toParts(histogram, [of(0, 4, 0), of(1, 1, 0), of(2, 0, 4)], 2)).toEqual([
      { index: 0, name: '0', counts: [4, 0] },
      { index: 2, name: '2', counts: [0, 4] },
      { index: -1, name: 'other labels', counts: [1, 0] },
    ]);
  });

  it('is of all samples when nothing is known of labels', () => {
    expect(toParts(histogram, [{ classIndex: 0, className: 'x', counts: [] }])).toEqual([
      { index: -1, name: 'all samples', counts: [5, 4] },
    ]);
  });
});
