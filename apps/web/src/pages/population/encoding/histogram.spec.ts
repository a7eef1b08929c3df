import { expect, it } from 'vitest';
import { toMask } from '../points/bit-mask.js';
import { barHeights, assignBins, computeHistogram } from './histogram.js';
import { numberScale } from '../../../parts/scales/number-scale.js';
import { findExtent } from '../../../parts/scales/extent.js';

it('counts all points and the shown ones, the highest in the last bin, missing ones apart', () => {
  const values = Float32Array.of(0, 1, 2, 3, 4, NaN);
  const { all, shown, missing } = computeHistogram(
    assignBins(values, numberScale('linear', findExtent(values)), 4),
    4,
    toMask([0, 4, 5], 6),
  );
  expect([...all]).toEqual([1, 1, 1, 2]);
  expect([...shown]).toEqual([1, 0, 0, 1]);
  expect(missing).toBe(1);
});

it('lets a few be seen next to many', () => {
  expect(barHeights(Uint32Array.of(0, 1, 1_000_000))).toEqual([0, 0.03, 1]);
});
