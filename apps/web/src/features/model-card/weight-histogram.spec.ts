import type { WeightStatistics } from '@noema/contracts/noema/training/v1/model';
import { expect, it } from 'vitest';
import { histogramBars, nonFiniteText, sharedDomain, weightText } from './weight-histogram.js';

const weight = (changes: Partial<WeightStatistics>) =>
  ({
    finiteCount: 4n,
    nanCount: 0n,
    infiniteCount: 0n,
    mean: 1,
    standardDeviation: 0.5,
    minimum: 0,
    maximum: 4,
    binCounts: [1n, 0n, 2n, 1n],
    ...changes,
  }) as WeightStatistics;

it('covers all weights by one domain, and gives equal values a range', () => {
  expect(sharedDomain([weight({}), weight({ minimum: -2, maximum: 1 })])).toEqual([-2, 4]);
  expect(sharedDomain([weight({ finiteCount: 0n, minimum: 0, maximum: 0 })])).toBeUndefined();
  expect(sharedDomain([weight({ minimum: 1, maximum: 1 })])).toEqual([0.9, 1.1]);
});

it('places bars by their values in the domain', () => {
  expect(histogramBars(weight({}), [0, 8])).toEqual([
    { left: 0, width: 0.125, height: 0.5 },
    { left: 0.25, width: 0.125, height: 1 },
    { left: 0.375, width: 0.125, height: 0.5 },
  ]);
});

it('draws a single value as a narrow bar inside the domain', () => {
  const [bar] = histogramBars(weight({ minimum: 4, maximum: 4, binCounts: [4n] }), [0, 4]);
  expect(bar!.left + bar!.width).toBeCloseTo(1, 12);
  expect(bar!.width).toBeGreaterThan(0);
});

it('puts values that are not finite into words', () => {
  expect(nonFiniteText(weight({}))).toBeUndefined();
  expect(nonFiniteText(weight({ nanCount: 2_000n, infiniteCount: 1n }))).toBe('2,000 NaN, 1 infinity');
  expect(weightText(weight({ finiteCount: 0n }))).toBe('no finite value');
  expect(weightText(weight({}))).toBe('mean 1, deviation 0.5, from 0 to 4');
});
