import { points } from '@noema/manifold';
import { expect, it } from 'vitest';
import { UnitFrame } from './unit.frame.js';

it('moves the population around zero, within ±1', () => {
  const cloud = points(Float32Array.of(100, 7, 102, 7, 104, 9), 2);
  const moved = new UnitFrame(cloud).queries(cloud, 0, 3);
  expect(Array.from(moved, (x) => Math.round(x * 1e6) / 1e6)).toEqual([
    -1, -0.333333, 0, -0.333333, 1, 0.666667,
  ]);
  expect(new UnitFrame(cloud).queries(cloud, 1, 2)).toEqual(moved.slice(2, 4));
});
