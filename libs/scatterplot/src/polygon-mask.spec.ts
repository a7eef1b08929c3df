import { describe, expect, it } from 'vitest';
import { seededRandom } from '@noema/kernel';
import { toBits, maskBytes } from './bitmask.js';
import { PolygonMask } from './polygon-mask.js';

/**
 * Winding by angles would differ where an outline crosses itself; this counts crossings of a downward ray,
 * another axis than the mask's own test.
 */
function insideByVerticalRay(polygon: readonly number[], x: number, y: number): boolean {
  let crossings = 0;
  for (let i = 0; i < polygon.length; i += 2) {
    const j = (i + 2) % polygon.length;
    const [x0, y0, x1, y1] = [polygon[i]!, polygon[i + 1]!, polygon[j]!, polygon[j + 1]!];
    if (x0 <= x === x1 <= x) continue;
    if (y0 + ((x - x0) / (x1 - x0)) * (y1 - y0) > y) crossings++;
  }
  return crossings % 2 === 1;
}

describe('PolygonMask', () => {
  it.each([3, 4, 5, 12, 60, 400])(
    'agrees with ray casting on random polygons of %i corners, which cross themselves',
    (corners) => {
      const random = seededRandom(corners);
      for (let repeat = 0; repeat < 20; repeat++) {
        const polygon = Array.from({ length: 2 * corners }, () => random() * 500);
        const n = 3000;
        const places = Float32Array.from({ length: 2 * n }, () => random() * 560 - 30);
        const mask = new Uint8Array(maskBytes(n));
        new PolygonMask(polygon).mark(places, n, mask, 0);
        const expected = Array.from({ length: n }, (_, i) => i).filter((i) =>
          insideByVerticalRay(polygon, places[2 * i]!, places[2 * i + 1]!),
        );
        expect([...toBits(mask)]).toEqual(expected);
      }
    },
  );

  const has = (polygon: readonly number[], x: number, y: number): boolean => {
    const mask = new Uint8Array(1);
    new PolygonMask(polygon).mark(Float32Array.of(x, y), 1, mask, 0);
    return mask[0] === 1;
  };

  it('is empty for an outline without area', () => {
    expect(has([10, 10, 10, 10, 10, 10], 10, 10)).toBe(false);
    expect(has([0, 5, 10, 5, 20, 5], 7, 5)).toBe(false);
  });

  it('leaves out places that are not numbers', () => {
    const square = [0, 0, 10, 0, 10, 10, 0, 10];
    for (const [x, y] of [
      [NaN, 5],
      [5, NaN],
      [Infinity, 5],
      [5, -Infinity],
      [4e18, 5],
    ] as const)
      expect(has(square, x, y), `${x}, ${y}`).toBe(false);
    expect(has(square, 5, 5)).toBe(true);
  });
});
