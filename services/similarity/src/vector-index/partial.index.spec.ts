import { points } from '@noema/manifold';
import { describe, expect, it } from 'vitest';
import { PartialIndex, partWithout } from './partial.index.js';
import { rerank } from './rerank.js';
import { countRows, hasRow, withRows } from '../activation-set/row-mask.js';
import type { Found, SearchableIndex } from './vector-index.js';

describe('a mask of rows', () => {
  it('holds rows, counts them, and grows', () => {
    const mask = withRows(withRows(undefined, [0, 9, 18], 19), [3, 9], 19);
    expect(Array.from({ length: 24 }, (_, row) => row).filter((row) => hasRow(mask, row))).toEqual([
      0, 3, 9, 18,
    ]);
    expect(countRows(mask)).toBe(4);
    expect(countRows(undefined)).toBe(0);
    expect(hasRow(undefined, 0)).toBe(false);
  });
});

describe('an index over a part', () => {
  const cloud = points(
    Float32Array.from({ length: 10 }, (_, i) => i),
    1,
  );
  const part = partWithout(cloud, withRows(undefined, [1, 2, 6], 10));
  const brute: SearchableIndex = {
    search: (queries, k, options = {}) => {
      const found: Found = {
        m: queries.n,
        k,
        rows: new Int32Array(queries.n * k),
        distances: new Float32Array(queries.n * k),
      };
      const all = Array.from({ length: part.vectors.n }, (_, row) => row);
      for (let q = 0; q < queries.n; q++)
        rerank(part.vectors, queries, { reach: all.length, rows: all }, found, q, options);
      return Promise.resolve(found);
    },
    close: () => Promise.resolve(),
  };
  const index = new PartialIndex(brute, part.rows);

  it('names the rows of the population, and none that is left out', async () => {
    const found = await index.search({ data: Float32Array.of(1.1), n: 1, d: 1 }, 3);
    expect(Array.from(found.rows)).toEqual([0, 3, 4]);
    expect(found.distances[1]).toBeCloseTo(1.9, 5);
  });
  it("keeps to what is allowed, by the population's rows", async () => {
    const allowed = Uint8Array.from({ length: 10 }, (_, row) => (row >= 4 ? 1 : 0));
    expect(
      Array.from((await index.search({ data: Float32Array.of(0), n: 1, d: 1 }, 7, { allowed })).rows),
    ).toEqual([4, 5, 7, 8, 9, -1, -1]);
  });
  it('a row of the population does not find itself, whether it is in the part or not', async () => {
    const found = await index.search({ data: Float32Array.of(2, 3, 4), n: 3, d: 1 }, 1, { firstRow: 2 });
    expect(Array.from(found.rows)).toEqual([3, 4, 3]);
  });
});
