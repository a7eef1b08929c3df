import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { countBits } from './bitmask.js';
import { Locator } from './locator.js';
import { computeOutline, pointsWithin, simplified } from './outline.js';
import type { Projection } from './projection.js';

const view: Projection = {
  width: 800,
  height: 600,
  middle: { x: 800 / 2, y: 600 / 2 },
  dimensions: 2,
  center: { x: 3, y: -2, z: 0 },
  rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  scale: 37.3,
  perspective: 0,
  depth: 1,
};
const circle = (corners: number): number[] =>
  Array.from({ length: corners }, (_, i) => (2 * Math.PI * i) / corners).flatMap((turn) => [
    400 + 200 * Math.cos(turn),
    300 + 200 * Math.sin(turn),
  ]);

describe('an outline in the units of the data', () => {
  it('holds the very points that were selected with it', () => {
    const random = seededRandom(5);
    const n = 70_000;
    const [x, y] = [0, 1].map(() => Float32Array.from({ length: n }, () => random() * 20 - 8)) as [
      Float32Array,
      Float32Array,
    ];
    const positions = Float32Array.from({ length: 2 * n }, (_, i) => (i % 2 === 0 ? x : y)[i >> 1]!);
    const outline = computeOutline(view, circle(300))!;
    const searched = { positions, count: n, visible: undefined, reach: () => 0, farthest: 0 };
    const mask = new Locator(2).within(outline, searched);
    expect(pointsWithin(outline, x, y)).toEqual(mask);
    expect(countBits(mask)).toBeGreaterThan(1_000);
  });

  it('leaves out the corners that are not seen, and keeps visible ones', () => {
    expect(computeOutline(view, circle(600))!.length / 2).toBeLessThan(100);
    expect(simplified([0, 0, 5, 0, 10, 0, 10, 10, 0, 10], 0.75)).toEqual([0, 0, 10, 0, 10, 10, 0, 10]);
    expect(simplified([3, 3, 3, 3, 3, 3], 0.75)).toEqual([3, 3]);
  });

  it('is undefined in three dimensions', () => {
    expect(computeOutline({ ...view, dimensions: 3 }, circle(8))).toBeUndefined();
  });
});
