import { expect, it } from 'vitest';
import { weightStatistics } from './model-card.js';

const WEIGHT = { name: 'dense/kernel', layer: 'dense', dims: [2], trainable: true };
const describeValues = (...values: number[]) => weightStatistics(Float32Array.from(values), WEIGHT);

it('describes values by mean, deviation, range and 40 bins of equal width', () => {
  // numpy: np.mean, np.std and np.histogram(range(81), bins=40)
  const statistics = describeValues(...Array.from({ length: 81 }, (_, i) => i));
  expect(statistics).toMatchObject({
    ...WEIGHT,
    finiteCount: 81,
    zeroCount: 1,
    minimum: 0,
    maximum: 80,
    mean: 40,
  });
  expect(statistics.standardDeviation).toBeCloseTo(23.380903889000244, 12);
  expect(statistics.binCounts).toEqual([...Array<number>(39).fill(2), 3]);
});

it('counts values that are not finite, and describes the others', () => {
  expect(describeValues(NaN, 1, Infinity, -Infinity, 3)).toMatchObject({
    finiteCount: 2,
    nanCount: 1,
    infiniteCount: 2,
    mean: 2,
    standardDeviation: 1,
    minimum: 1,
    maximum: 3,
  });
});

it('has one bin for equal values, and none without finite values', () => {
  expect(describeValues(0, 0, 0)).toMatchObject({ zeroCount: 3, standardDeviation: 0, binCounts: [3] });
  expect(describeValues(NaN)).toMatchObject({ nanCount: 1, mean: 0, minimum: 0, binCounts: [] });
});
