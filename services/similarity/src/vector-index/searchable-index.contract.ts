import { seededRandom } from '@noema/kernel';
import { exactNeighbors, points, type Points } from '@noema/manifold';
import { describe, expect, it } from 'vitest';
import { measureRecall } from './recall.js';
import type { IndexKindAdapter } from './vector-index.js';

export interface Law {
  /** Exact kinds give exactly the true neighbours; others at least this recall. */
  readonly recall: number;
}

/** The law of every kind of index. */
export function searchableIndexContract(name: string, make: () => IndexKindAdapter, { recall }: Law): void {
  const random = seededRandom(3);
  const cloud = points(
    Float32Array.from({ length: 700 * 16 }, (_, i) => random() + (i % 16 === 0 ? 100 : 0)),
    16,
  );
  const exact = recall === 1;
  const open = async (vectors: Points) => {
    const kind = make();
    const params = Object.fromEntries(kind.parameters.map((p) => [p.name, p.default]));
    return kind.open(vectors, params, await kind.build(vectors, params));
  };

  describe(`index contract: ${name}`, () => {
    it('finds the neighbours of the population, no point itself', async () => {
      const index = await open(cloud);
      const found = await index.search(cloud, 10, { firstRow: 0 });
      const oracle = exactNeighbors(cloud, 10);
      if (exact)
        expect({ rows: found.rows, distances: found.distances }).toEqual({
          rows: oracle.indices,
          distances: oracle.distances,
        });
      expect(await measureRecall(cloud, index, { k: 10, queries: 100 })).toBeGreaterThanOrEqual(recall);
      await index.close();
    });

    it('finds only what is allowed, as many as there are', async () => {
      const index = await open(cloud);
      const allowed = Uint8Array.from({ length: 700 }, (_, row) => (row % 100 === 7 ? 1 : 0));
      const found = await index.search({ ...cloud, data: cloud.data.subarray(0, 16), n: 1 }, 9, { allowed });
      expect(
        Array.from(found.rows)
          .slice(0, 7)
          .sort((a, b) => a - b),
      ).toEqual([7, 107, 207, 307, 407, 507, 607]);
      expect(Array.from(found.rows).slice(7)).toEqual([-1, -1]);
      await index.close();
    });

    it('distinguishes duplicates by their rows', async () => {
      const twins = points(new Float32Array(60 * 4).fill(1), 4);
      const index = await open(twins);
      const found = await index.search({ ...twins, data: twins.data.subarray(0, 4), n: 1 }, 3, {
        firstRow: 0,
      });
      expect(Array.from(found.distances)).toEqual([0, 0, 0]);
      expect(new Set(found.rows).size).toBe(3);
      expect(found.rows).not.toContain(0);
      await index.close();
    });

    it('measures a recall below 1 of an index that misses', async () => {
      const index = await open(cloud);
      const lazy = {
        search: async (q: Points, k: number, options = {}) => {
          const found = await index.search(q, k, options);
          return { ...found, rows: found.rows.map((row, at) => (at % k === 0 ? (row + 350) % 700 : row)) };
        },
        close: () => index.close(),
      };
      const measured = await measureRecall(cloud, lazy, { k: 10, queries: 100 });
      expect(measured).toBeLessThan(0.92);
      expect(measured).toBeGreaterThan(0.8 * recall);
      await index.close();
    });
  });
}
