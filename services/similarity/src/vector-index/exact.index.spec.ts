import { seededRandom } from '@noema/kernel';
import { exactNeighbors, exactRow, points, type Points } from '@noema/manifold';
import { describe, expect, it } from 'vitest';
import { measureRecall } from './recall.js';
import { searchableIndexContract } from './searchable-index.contract.js';
import { ExactIndex, exactKind } from './exact.index.js';

const random = seededRandom(23);
const makeCloud = (n: number, d: number, change: (data: Float32Array) => void = () => undefined): Points => {
  const data = Float32Array.from({ length: n * d }, () => random() - random());
  change(data);
  return points(data, d);
};
const all = (cloud: Points, k: number) => new ExactIndex(cloud).search(cloud, k, { firstRow: 0 });

searchableIndexContract('exact', () => exactKind(), { recall: 1 });

describe('the exact index', () => {
  it.each([
    [1_024, 3, 5],
    [2_500, 24, 15],
    [5_000, 7, 24],
  ])('%d × %d, k = %d: what comparing all pairs gives', async (n, d, k) => {
    const cloud = makeCloud(n, d);
    const [found, oracle] = [await all(cloud, k), exactNeighbors(cloud, k)];
    expect(found.rows).toEqual(oracle.indices);
    expect(found.distances).toEqual(oracle.distances);
  });

  it('makes room for more neighbours than are usual, and answers rows of the middle in their order', async () => {
    const cloud = makeCloud(1_300, 3);
    const index = new ExactIndex(cloud);
    const part = { ...cloud, data: cloud.data.subarray(3 * 700, 3 * 1_000), n: 300 };
    const k = 1_100;
    const { rows } = await index.search(part, k, { firstRow: 700 });
    const nearest = new Int32Array(k);
    const squares = new Float64Array(k);
    for (const q of [0, 7, 150, 299]) {
      exactRow(cloud, 700 + q, nearest, squares);
      expect(rows.subarray(q * k, (q + 1) * k)).toEqual(nearest);
    }
    expect(
      (await index.search(part, k, { firstRow: 700, allowed: new Uint8Array(1_300) })).rows.every(
        (row) => row === -1,
      ),
    ).toBe(true);
  });

  it('finds all that there is when k is the whole population', async () => {
    const cloud = makeCloud(300, 4);
    const { rows } = await all(cloud, 299);
    for (const row of [0, 150, 299])
      expect(new Set(rows.subarray(row * 299, (row + 1) * 299)).size).toBe(299);
    expect(rows).not.toContain(-1);
  });
});

describe('planted cases of the exact index', () => {
  it('one vector at 10⁶ takes nothing from the others, and has neighbours itself', async () => {
    const cloud = makeCloud(3_000, 16, (data) => data.fill(1e6, 16 * 1_234, 16 * 1_235));
    const oracle = exactNeighbors(cloud, 10);
    expect((await all(cloud, 10)).rows).toEqual(oracle.indices);
    expect(await measureRecall(cloud, new ExactIndex(cloud), { k: 10, queries: 60 })).toBe(1);
  });

  it('searches at the same time with different filters do not mix, and each reacts to its own cancel', async () => {
    const cloud = makeCloud(20_000, 24);
    const index = new ExactIndex(cloud);
    const odd = Uint8Array.from({ length: cloud.n }, (_, row) => row % 2);
    const even = odd.map((byte) => 1 - byte);
    const stop = new AbortController();
    const stopped = index.search(cloud, 5, { firstRow: 0, signal: stop.signal });
    setImmediate(() => {
      stop.abort();
    });
    const [ofOdd, ofEven] = await Promise.all([
      index.search({ ...cloud, n: 3_000 }, 5, { allowed: odd }),
      index.search({ ...cloud, n: 3_000 }, 5, { allowed: even }),
      expect(stopped).rejects.toThrow(),
    ]);
    expect(ofOdd.rows.every((row) => row % 2 === 1)).toBe(true);
    expect(ofEven.rows.every((row) => row % 2 === 0)).toBe(true);
  });

  it('a query that is too far out for float32 is answered', async () => {
    const { rows } = await new ExactIndex(points(Float32Array.of(0, 1, 2, 3, 5, 9), 1)).search(
      points(Float32Array.of(3e38), 1),
      2,
    );
    expect([...rows]).toEqual([0, 1]);
  });

  it('many equal points: distances of nothing, no point itself, each neighbour once', async () => {
    const cloud = points(new Float32Array(4_000 * 5).fill(0.1), 5);
    const { rows, distances } = await all(cloud, 12);
    expect(distances.every((distance) => distance === 0)).toBe(true);
    for (let row = 0; row < 4_000; row += 371) {
      const own = Array.from(rows.subarray(row * 12, (row + 1) * 12));
      expect(own.every((other) => other >= 0 && other < 4_000 && other !== row)).toBe(true);
      expect(own).toEqual(
        Array.from({ length: 13 }, (_, other) => other)
          .filter((other) => other !== row)
          .slice(0, 12),
      );
    }
  });

  it("two samples are each other's neighbours", async () => {
    const { rows, distances } = await all(points(Float32Array.of(0, 0, 3, 4), 2), 1);
    expect({ rows, distances }).toEqual({ rows: Int32Array.of(1, 0), distances: Float32Array.of(5, 5) });
  });
});
