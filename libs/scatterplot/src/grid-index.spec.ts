import { describe, expect, it } from 'vitest';
import { seededRandom } from '@noema/kernel';
import { GridIndex } from './grid-index.js';

function places(n: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from(
    { length: 2 * n },
    (_, i) => (i % 2 === 0 ? 100 : 1) * (random() + random() + random()),
  );
}

function brute(
  all: Float32Array,
  x: number,
  y: number,
  radius: number,
  accept: (i: number) => boolean,
): number {
  let [best, least] = [-1, radius];
  for (let i = 0; i < all.length / 2; i++) {
    const distance = Math.hypot(all[2 * i]! - x, all[2 * i + 1]! - y);
    if (accept(i) && distance <= least && (distance < least || best === -1)) [best, least] = [i, distance];
  }
  return best;
}

describe('GridIndex', () => {
  it('finds what a scan of all places finds, for any radius, inside and outside of the box', () => {
    const all = places(5000, 7);
    const index = new GridIndex(all, 5000);
    while (!index.work(1));
    const random = seededRandom(11);
    for (let k = 0; k < 500; k++) {
      const [x, y, radius] = [random() * 400 - 50, random() * 4 - 0.5, random() ** 4 * 30];
      const accept = (i: number): boolean => i % 3 !== 0;
      expect(index.nearest(x, y, radius, accept), `around ${x}, ${y} within ${radius}`).toBe(
        brute(all, x, y, radius, accept),
      );
    }
  });

  it('is built in slices and is ready only when all are done', () => {
    const index = new GridIndex(places(200_000, 3), 200_000);
    expect(index.ready).toBe(false);
    expect(index.work(0)).toBe(false);
    let slices = 0;
    while (!index.work(0.01)) slices++;
    expect(slices).toBeGreaterThan(5);
    expect(index.ready).toBe(true);
  });

  it('never finds places that are not finite, and answers when there are none', () => {
    const some = new GridIndex(Float32Array.from([NaN, 0, 1, 1, Infinity, 1]), 3);
    const none = new GridIndex(new Float32Array(0), 0);
    while (!some.work(1));
    while (!none.work(1));
    expect(some.nearest(0, 0, 1e9, () => true)).toBe(1);
    expect(none.nearest(0, 0, 1e9, () => true)).toBe(-1);
  });

  it('returns the first of places that are the same', () => {
    const same = new GridIndex(Float32Array.from([5, 5, 2, 2, 2, 2, 2, 2]), 4);
    while (!same.work(1));
    expect(same.nearest(2, 2, 1, () => true)).toBe(1);
    expect(same.nearest(2, 2, 1, (i) => i > 1)).toBe(2);
  });
});
