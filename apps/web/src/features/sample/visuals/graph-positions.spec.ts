import { expect, it } from 'vitest';
import { HEIGHT, MARGIN, placeNodes, WIDTH } from './graph-positions.js';

it('keeps the angles of stated positions and fills the drawing', () => {
  const placed = placeNodes({
    names: ['a', 'b', 'c'],
    positions: [
      [10, 5],
      [12, 5],
      [10, 6],
    ],
  });
  const [a, b, c] = placed as [[number, number], [number, number], [number, number]];
  expect(b[0] - a[0]).toBeCloseTo(2 * (c[1] - a[1]), 9);
  expect(b[0] - a[0]).toBeCloseTo(WIDTH - 2 * MARGIN, 9);
});

it('lays nodes without positions out in a circle, and one node in the middle', () => {
  const placed = placeNodes({ names: ['a', 'b', 'c', 'd'], positions: [] });
  const radius = ([x, y]: readonly [number, number]): number => Math.hypot(x - WIDTH / 2, y - HEIGHT / 2);
  expect(placed.map(radius).every((one) => Math.abs(one - radius(placed[0]!)) < 1e-9)).toBe(true);
  expect(new Set(placed.map(String)).size).toBe(4);
  expect(placeNodes({ names: ['a'], positions: [] })).toEqual([[WIDTH / 2, HEIGHT / 2]]);
});

it('places nodes at one point without a scale that is not finite', () => {
  expect(
    placeNodes({
      names: ['a', 'b'],
      positions: [
        [1, 1],
        [1, 1],
      ],
    })
      .flat()
      .every(Number.isFinite),
  ).toBe(true);
});
