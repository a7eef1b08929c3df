import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { exactNeighbors, type LayoutOptions, type NeighborGraph, type Points, points } from './index.js';
import { cloud } from './reference.fixture.js';

type Layout = (
  cloud: Points,
  neighbors: NeighborGraph | undefined,
  options?: LayoutOptions & { readonly steps?: number },
) => Promise<Float32Array>;

/** Points in four groups, as many as threads are worth. */
function grouped(n: number, d: number): Points {
  const random = seededRandom(4);
  return points(
    Float32Array.from({ length: n * d }, (_, i) => random() + (Math.floor(i / d) % 4)),
    d,
  );
}

/** The contract of every iterative layout; at each of `sizes` it uses another method. */
export function layoutContract(layout: Layout, sizes: readonly (readonly [n: number, dims: 2 | 3])[]): void {
  describe('a layout', () => {
    it('has the same bits for any number of threads, others for another seed', async () => {
      for (const [n, dims] of sizes) {
        const many = grouped(n, 5);
        const neighbors = exactNeighbors(many, 30);
        const [one, two, three] = await Promise.all(
          [1, 2, 3].map((threads) => layout(many, neighbors, { dims, steps: 15, threads })),
        );
        expect(two).toEqual(one);
        expect(three).toEqual(one);
        expect(one!.every(Number.isFinite)).toBe(true);
        expect(await layout(many, neighbors, { dims, steps: 15, seed: 43, threads: 2 })).not.toEqual(one);
      }
    });
    it('reports every step, shows coordinates on the way and stops at the signal', async () => {
      const stop = new AbortController();
      const shown: number[] = [];
      let last = 0;
      await expect(
        layout(cloud, exactNeighbors(cloud, 60), {
          steps: 1_000_000,
          snapshotEvery: 5,
          signal: stop.signal,
          onStep: (step, of, coordinates) => {
            expect([of, step]).toEqual([1_000_000, last + 1]);
            last = step;
            if (coordinates !== undefined) shown.push(coordinates.length);
            if (shown.length === 3) stop.abort();
          },
        }),
      ).rejects.toMatchObject({ kind: 'cancelled' });
      expect(shown.slice(0, 3)).toEqual([480, 480, 480]);
      expect(last).toBeLessThan(500_000);
    });
    it.each([
      ['one point', 1, 0],
      ['two points', 2, 1],
      ['three points', 3, 2],
      ['seven points', 7, 6],
      ['all equal', 30, 14],
      ['k beyond the graph', 10, 3],
      ['one outlier', 60, 20],
    ])('%s: finite coordinates', async (name, n, k) => {
      const value = (i: number): number =>
        name === 'all equal' ? 1 : name === 'one outlier' && i === 0 ? 1e6 : Math.sin(i);
      const set = points(
        Float32Array.from({ length: n * 4 }, (_, i) => value(i)),
        4,
      );
      for (const dims of [2, 3] as const) {
        const map = await layout(set, k === 0 ? undefined : exactNeighbors(set, k), { dims });
        expect(map).toHaveLength(n * dims);
        expect(map.every(Number.isFinite)).toBe(true);
      }
    });
    it('refuses a population without neighbours and coordinates that do not fit', async () => {
      await expect(layout(cloud, undefined)).rejects.toMatchObject({ reason: 'NEIGHBORS_MISSING' });
      await expect(layout(cloud, exactNeighbors(cloud, 60), { init: new Float32Array(4) })).rejects.toThrow(
        /4 initial coordinates do not fit 240 points/,
      );
    });
  });
}
