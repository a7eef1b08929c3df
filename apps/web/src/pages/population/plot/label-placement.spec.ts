import { expect, it } from 'vitest';
import { besideDots, DotGrid, placeLabels } from './label-boxes.js';
import { toLabels } from './label-placement.js';

it('names stand at the median of their points, so that one far away does not draw them along', () => {
  const labels = toLabels(
    {
      name: 'true_class',
      kind: 'code',
      names: ['a', 'b', 'rare'],
      missing: 255,
      values: Uint8Array.of(0, 0, 0, 1, 1, 1, 1, 2, 255),
    },
    { x: Float32Array.of(0, 1, 100, 5, 5, 6, 7, 9, 0), y: Float32Array.of(2, 2, 90, 1, 1, 1, 1, 9, 0) },
  );
  expect(labels).toEqual([
    { code: 1, name: 'b', count: 4, x: 6, y: 1, z: 0 },
    { code: 0, name: 'a', count: 3, x: 1, y: 2, z: 0 },
  ]);
});

it('labels do not cover each other, the first wins, and those outside are left out', () => {
  const box = (code: number, left: number, top: number) => ({ code, left, top, width: 20, height: 10 });
  expect(
    placeLabels([box(0, 10, 10), box(1, 25, 15), box(2, 10, 30), box(3, 500, 10)], 100, 100).map(
      (b) => b.code,
    ),
  ).toEqual([0, 2]);
});

it('counts the dots under a box', () => {
  const dots = new DotGrid(100, 50, Float32Array.of(5, 5, 15, 5, 95, 45, NaN, NaN, -1, 3, 100, 10));
  expect(dots.count({ left: 0, top: 0, width: 100, height: 50 })).toBe(3);
  expect(dots.count({ left: 0, top: 0, width: 10, height: 10 })).toBe(1);
  expect(dots.count({ left: 90, top: 40, width: 30, height: 30 })).toBe(1);
  expect(dots.count({ left: 30, top: 0, width: 40, height: 50 })).toBe(0);
});

it('a name steps aside from the few dots that are left, and stays within a cluster of many', () => {
  const box = { code: 0, left: 190, top: 140, width: 20, height: 20 };
  const few = new DotGrid(
    400,
    300,
    Float32Array.from({ length: 14 }, (_, i) => (i % 2 === 0 ? 196 : 150) + 2 * (i >> 1)),
  );
  const [dx, dy] = besideDots(box, few, 7, 400, 300);
  expect(few.count(box)).toBeGreaterThan(0);
  expect(few.count({ ...box, left: box.left + dx, top: box.top + dy })).toBe(0);
  const many = new DotGrid(
    400,
    300,
    Float32Array.from({ length: 8_000 }, (_, i) =>
      i % 2 === 0 ? 100 + ((i >> 1) % 63) * 3 : 60 + Math.floor((i >> 1) / 63) * 3,
    ),
  );
  expect(many.count(box)).toBeGreaterThan(20);
  expect(besideDots(box, many, 4_000, 400, 300)).toEqual([0, 0]);
});
