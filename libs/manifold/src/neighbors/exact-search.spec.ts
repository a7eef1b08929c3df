import { seededRandom } from '@noema/kernel';
import { KernelMemory } from '@noema/simd';
import { describe, expect, it } from 'vitest';
import { exactNeighbors, ExactSearch, points, searchTools } from '../index.js';

const random = (count: number, d: number): Float32Array =>
  Float32Array.from({ length: count * d }, seededRandom(count + d));

describe('exact search', () => {
  it.each([
    ['a plane', random(700, 2), 2],
    ['space', random(500, 3), 3],
    ['twelve dimensions', random(600, 12), 12],
    ['all equal', new Float32Array(400), 2],
    ['a grid, with ties', random(600, 2).map((x) => Math.round(x * 10)), 2],
    ['corners, nearly all equally far', random(300, 9).map((x) => Math.round(x)), 9],
    ['less than a block', random(5, 2), 2],
    ['one outlier', Float32Array.from(random(300, 2), (x, i) => (i === 0 ? 1e6 : x)), 2],
    ['far from the origin', random(500, 4).map((x) => 1_000 + x / 256), 4],
    ['tiny numbers', random(200, 3).map((x) => x * 1e-38), 3],
    ['huge numbers', random(200, 3).map((x) => x * 3e38), 3],
  ])('finds what comparing every pair finds: %s', (_, data, d) => {
    const set = points(data, d);
    const k = Math.min(9, set.n - 1);
    const exact = exactNeighbors(set, k);
    const search = new ExactSearch(set, searchTools(new KernelMemory(), set, k)[0]!);
    const indices = new Int32Array(k);
    const squares = new Float64Array(k);
    for (let i = 0; i < set.n; i++) {
      search.nearest(set, i, { self: i }, indices, squares);
      expect([...indices]).toEqual([...exact.indices.subarray(i * k, (i + 1) * k)]);
      expect([...squares].map((square) => Math.fround(Math.sqrt(square)))).toEqual([
        ...exact.distances.subarray(i * k, (i + 1) * k),
      ]);
    }
  });
  it('finds only what is allowed, for queries from elsewhere, and −1 where there is no more', () => {
    const set = points(random(400, 5), 5);
    const memory = new KernelMemory();
    const queries = points(
      random(30, 5).map((x) => 2 * x),
      5,
    );
    const search = new ExactSearch(set, searchTools(memory, set, 12)[0]!);
    const laid = memory.bytes(Uint8Array.from({ length: 400 }, (__, i) => (i % 7 === 0 ? 1 : 0)));
    const indices = new Int32Array(12);
    const squares = new Float64Array(12);
    for (let q = 0; q < queries.n; q++) {
      const all = Array.from({ length: 58 }, (__, m) => ({
        j: 7 * m,
        square: [0, 1, 2, 3, 4].reduce(
          (sum, c) => sum + (set.data[35 * m + c]! - queries.data[5 * q + c]!) ** 2,
          0,
        ),
      }));
      search.nearest(queries, q, { allowed: laid }, indices, squares);
      expect([...indices]).toEqual(
        all
          .sort((a, b) => a.square - b.square || a.j - b.j)
          .slice(0, 12)
          .map(({ j }) => j),
      );
    }
    laid.fill(0, 14);
    search.nearest(queries, 0, { allowed: laid, self: 7 }, indices, squares);
    expect([...indices.subarray(0, 3)]).toEqual([0, -1, -1]);
    expect(squares[1]).toBe(Infinity);
  });
});
