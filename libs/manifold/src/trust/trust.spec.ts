import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { exactNeighbors, nearestNeighbors, points, trust } from '../index.js';
import { cloud as all, reference, withoutDuplicates } from '../reference.fixture.js';

const cloud = points(withoutDuplicates(all.data, all.d), all.d);
const map = withoutDuplicates(reference.map, 2);
const graph = exactNeighbors(cloud, 60);

describe('trust', () => {
  it.each([1, 5, 15, 60])("trustworthiness and continuity are scikit-learn's at k = %i", async (k) => {
    const [trustworthiness, continuity] = reference.trust[k]!;
    const report = await trust(cloud, graph, map, { k });
    expect(Math.abs(report.trustworthiness - trustworthiness)).toBeLessThan(1e-9);
    expect(Math.abs(report.continuity - continuity)).toBeLessThan(1e-9);
  });
  it('overlap is the share of common neighbours', async () => {
    const { overlap, perPoint, mapNeighbors } = await trust(cloud, graph, map, { k: 10 });
    const own = exactNeighbors(cloud, 10);
    const there = exactNeighbors(points(map, 2), 10);
    expect(mapNeighbors.indices).toEqual(there.indices);
    const shares = Array.from({ length: cloud.n }, (_, i) => {
      const near = new Set(own.indices.subarray(i * 10, i * 10 + 10));
      return [...there.indices.subarray(i * 10, i * 10 + 10)].filter((j) => near.has(j)).length / 10;
    });
    expect(overlap).toBeCloseTo(shares.reduce((a, b) => a + b) / cloud.n, 9);
    shares.forEach((share, i) => {
      expect(perPoint.overlap[i]).toBeCloseTo(share, 6);
    });
  });
  it('points average to the whole', async () => {
    const report = await trust(cloud, graph, map);
    const mean = (values: Float32Array) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(report.perPoint.trustworthiness)).toBeCloseTo(report.trustworthiness, 6);
    expect(mean(report.perPoint.continuity)).toBeCloseTo(report.continuity, 6);
  });
  it('of a map that is the data itself is 1', async () => {
    const plane = points(map, 2);
    expect(await trust(plane, exactNeighbors(plane, 15), map)).toMatchObject({
      trustworthiness: 1,
      continuity: 1,
      overlap: 1,
    });
  });
  it('has the same bits in threads and for any number of them', async () => {
    const random = seededRandom(5);
    const n = 7_600;
    const vectors = points(Float32Array.from({ length: 3 * n }, random), 3);
    const flat = Float32Array.from(
      { length: 2 * n },
      (_, e) => vectors.data[(e >> 1) * 3 + (e & 1)]! + 0.1 * random(),
    );
    const { graph: neighbors } = await nearestNeighbors(vectors, 15, { exactUpTo: n });
    const [one, three] = [
      await trust(vectors, neighbors, flat, { threads: 1, exactUpTo: n }),
      await trust(vectors, neighbors, flat, { threads: 3, exactUpTo: n }),
    ];
    expect(three).toEqual(one);
  });
  it('of few points compares fewer neighbours', async () => {
    const three = points(Float32Array.of(0, 0, 1, 0, 5, 0), 2);
    expect(await trust(three, exactNeighbors(three, 2), three.data)).toMatchObject({
      k: 1,
      trustworthiness: 1,
    });
    const two = points(Float32Array.of(0, 1), 1);
    await expect(trust(two, exactNeighbors(two, 1), Float32Array.of(0, 0, 1, 1))).rejects.toThrow(
      /need 3 points or more; there are 2/,
    );
  });
  it('of equal points is a number', async () => {
    const equal = points(new Float32Array(80), 2);
    const report = await trust(equal, exactNeighbors(equal, 15), equal.data);
    expect([report.trustworthiness, report.continuity, report.overlap]).toEqual([1, 1, 1]);
  });
  it('RELIABILITY 30: refuses a damaged graph, a NaN map and too few neighbours by name', async () => {
    const damaged = { ...graph, indices: graph.indices.slice() };
    damaged.indices[7] = 999;
    await expect(trust(cloud, damaged, map)).rejects.toThrow(/neighbor 7 of point 0 is 999/);
    await expect(
      trust(
        cloud,
        graph,
        map.map((x, i) => (i === 9 ? NaN : x)),
      ),
    ).rejects.toThrow(/dimension 1 of point 4 is NaN/);
    await expect(trust(cloud, exactNeighbors(cloud, 3), map)).rejects.toMatchObject({
      reason: 'K_TOO_LARGE',
    });
  });
  it('stops at the signal', async () => {
    await expect(trust(cloud, graph, map, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: 'cancelled',
    });
  });
});
