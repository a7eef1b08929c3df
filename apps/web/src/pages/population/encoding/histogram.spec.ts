import { expect, it } from 'vitest';
import { maskOf } from '../points/bit-mask.js';
import { barHeights, binsOf, histogramOf } from './histogram.js';
import { numberScale } from '../../../parts/scales/number-scale.js';
import { extentOf } from '../../../parts/scales/extent.js';

it('counts all points and those that are shown, the highest in the last bin, missing ones apart', () => {
  const values = Float32Array.of(0, 1, 2, 3, 4, NaN);
  const { all, shown, missing } = histogramOf(
    binsOf(values, numberScale('linear', extentOf(values)), 4),
    4,
    maskOf([0, 4, 5], 6),
  );
  expect([...all]).toEqual([1, 1, 1, 2]);
  expect([...shown]).toEqual([1, 0, 0, 1]);
  expect(missing).toBe(1);
});

it('lets a few be seen beside many', () => {
  expect(barHeights(Uint32Array.of(0, 1, 1_000_000))).toEqual([0, 0.03, 1]);
});
