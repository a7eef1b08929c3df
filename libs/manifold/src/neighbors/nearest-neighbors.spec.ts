import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { drawn } from '../clusters.fixture.js';
import {
  checkNeighbors,
  exactNeighbors,
  exactRow,
  nearestNeighbors,
  points,
  type Points,
  unitLength,
} from '../index.js';

const cloud = drawn(3_000, 12, 8);
const exact = exactNeighbors(cloud, 10);

function computeRecall(found: Int32Array, true_: Int32Array, k: number): number {
  let hits = 0;
  for (let e = 0; e < found.length; e++)
    if (true_.subarray(Math.floor(e / k) * k, (Math.floor(e / k) + 1) * k).includes(found[e]!)) hits++;
  return hits / found.length;
}

describe('nearest neighbours', () => {
  it('compare all pairs in threads as in one', async () => {
    const seen: number[] = [];
    const {
      graph,
      exact: whole,
      recall,
    } = await nearestNeighbors(cloud, 10, {
      onProgress: (done) => {
        seen.push(done);
      },
    });
    expect(graph).toEqual(exact);
    expect([whole, recall.mean, recall.halfWidth, seen.at(-1)]).toEqual([true, 1, 0, 100]);
  });
  it(
    'by NN-descent hold the recall that they state, the same bits for any number of threads, others for ' +
      'another seed',
    async () => {
      const of = (threads: number, seed: number): ReturnType<typeof nearestNeighbors> =>
        nearestNeighbors(cloud, 10, { exactUpTo: 0, threads, seed });
      const [one, three, other] = [await of(1, 1), await of(3, 1), await of(2, 2)];
      expect(three).toEqual(one);
      expect(other.graph.indices).not.toEqual(one.graph.indices);
      checkNeighbors(one.graph, cloud.n);
      const recall = computeRecall(one.graph.indices, exact.indices, 10);
      expect(recall).toBeGreaterThan(0.98);
      expect(Math.abs(recall - one.recall.mean)).toBeLessThanOrEqual(one.recall.halfWidth + 0.005);
      expect(one.exact).toBe(false);
    },
  );
  it.each([
    ['in groups', drawn(22_000, 6, 8), true],
    [
      'of which all are about as far',
      points(Float32Array.from({ length: 22_000 * 40 }, seededRandom(2)), 40),
      false,
    ],
  ])('of many points are exact where that is cheap: %s', async (_, set, cheap) => {
    const { graph, exact: whole } = await nearestNeighbors(set, 3);
    const nearest = new Int32Array(3);
    const squares = new Float64Array(3);
    expect(whole).toBe(cheap);
    for (const i of cheap ? [0, 9_999, 21_999] : []) {
      exactRow(set, i, nearest, squares);
      expect(graph.indices.subarray(3 * i, 3 * i + 3)).toEqual(nearest);
    }
  });
  it('by NN-descent in little memory search in the widest dimensions, and say what they found', async () => {
    const wide = points(
      cloud.data.map((x, e) => (e % 12 < 6 ? x : x / 4)),
      12,
    );
    const of = (memoryBytes?: number): ReturnType<typeof nearestNeighbors> =>
      nearestNeighbors(wide, 10, {
        exactUpTo: 0,
        threads: 1,
        recallQueries: 3_000,
        ...(memoryBytes && { memoryBytes }),
      });
    const [all, few] = [await of(), await of(5_000_000)];
    const true_ = exactNeighbors(wide, 10).indices;
    expect(few.recall.mean).toBeCloseTo(computeRecall(few.graph.indices, true_, 10), 9);
    expect(few.recall.mean).toBeLessThan(all.recall.mean);
    expect(few.recall.mean).toBeGreaterThan(0.3);
    checkNeighbors(few.graph, wide.n);
  });
  it('by NN-descent from random points alone say how much less they found', async () => {
    const { graph, recall } = await nearestNeighbors(cloud, 10, {
      exactUpTo: 0,
      trees: 0,
      iterations: 1,
      recallQueries: 3_000,
    });
    expect(recall.mean).toBeCloseTo(computeRecall(graph.indices, exact.indices, 10), 9);
    expect(recall.mean).toBeLessThan(0.9);
  });
  it.each([0, 20_000])('by cosine are in the order of the angle, exact up to %i', async (exactUpTo) => {
    const few = drawn(700, 6, 5);
    const { graph } = await nearestNeighbors(few, 8, { metric: 'cosine', exactUpTo });
    const cosine = (i: number, j: number): number => {
      let ab = 0;
      let aa = 0;
      let bb = 0;
      for (let c = 0; c < 6; c++) {
        const [a, b] = [few.data[i * 6 + c]!, few.data[j * 6 + c]!];
        [ab, aa, bb] = [ab + a * b, aa + a * a, bb + b * b];
      }
      return 1 - ab / Math.sqrt(aa * bb);
    };
    let misses = 0;
    for (let i = 0; i < 700; i++) {
      const nearest = Array.from({ length: 700 }, (_, j) => (j === i ? Infinity : cosine(i, j))).sort(
        (a, b) => a - b,
      );
      for (let m = 0; m < 8; m++) {
        expect(graph.distances[i * 8 + m]).toBeCloseTo(cosine(i, graph.indices[i * 8 + m]!), 5);
        if (Math.abs(graph.distances[i * 8 + m]! - nearest[m]!) > 1e-5) misses++;
      }
    }
    expect(misses).toBeLessThanOrEqual(exactUpTo > 0 ? 0 : 56);
  });
  it('refuse a point without direction by name, k of n or more, and stop at the signal', async () => {
    await expect(
      nearestNeighbors(points(Float32Array.of(1, 2, 0, 0, 3, 4), 2), 1, { metric: 'cosine' }),
    ).rejects.toThrow(/point 1 is zero in all dimensions/);
    await expect(nearestNeighbors(cloud, 3_000)).rejects.toMatchObject({ reason: 'K_TOO_LARGE' });
    await expect(
      nearestNeighbors(cloud, 5, { exactUpTo: 0, signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ kind: 'cancelled' });
    const stop = new AbortController();
    await expect(
      nearestNeighbors(cloud, 5, {
        exactUpTo: 0,
        signal: stop.signal,
        onProgress: () => {
          stop.abort();
        },
      }),
    ).rejects.toMatchObject({ kind: 'cancelled' });
  });
  it.each<[string, Points, number]>([
    ['equal points', points(new Float32Array(1_200), 2), 9],
    ['two points', points(Float32Array.of(0, 1), 1), 1],
    ['k = n − 1', points(Float32Array.from({ length: 40 }, seededRandom(1)), 2), 19],
    [
      'an outlier',
      points(
        drawn(600, 3, 3).data.map((x, e) => (e === 7 ? 1e6 : x)),
        3,
      ),
      9,
    ],
  ])('by NN-descent are whole for %s', async (_, set, k) => {
    const { graph, recall } = await nearestNeighbors(set, k, { exactUpTo: 0 });
    checkNeighbors(graph, set.n);
    for (let i = 0; i < set.n; i++) expect(new Set(graph.indices.subarray(i * k, (i + 1) * k)).size).toBe(k);
    expect(recall.mean).toBeGreaterThan(0.95);
  });
});

describe('unit length', () => {
  it('keeps the direction', () => {
    expect([...unitLength(points(Float32Array.of(3, 4, 0, -2), 2)).data]).toEqual([
      Math.fround(0.6),
      Math.fround(0.8),
      0,
      -1,
    ]);
  });
});
