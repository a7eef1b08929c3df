import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { align, exactNeighbors, fitCurve, fuzzySet, labelAgreement, points, trust, umap } from '../index.js';
import { cloud, labels, reference } from '../reference.fixture.js';

const graph = exactNeighbors(cloud, 15);

describe('similarity curve', () => {
  it.each(reference.curve)("spread %f, min_dist %f: umap-learn's a and b", (spread, minDist, a, b) => {
    const curve = fitCurve(spread, minDist);
    expect(curve.a).toBeCloseTo(a, 5);
    expect(curve.b).toBeCloseTo(b, 5);
  });
  it('refuses min_dist beyond spread', () => { expect(() => fitCurve(1, 2)).toThrow(/min_dist 2 and spread 1/); });
});

describe('fuzzy simplicial set', () => {
  const { k, indices, distances } = reference.knn;
  const set = fuzzySet({ n: cloud.n, k, indices: Int32Array.from(indices), distances: Float32Array.from(distances) });
  const weight = (i: number, j: number): number => {
    for (let e = set.indptr[i]!; e < set.indptr[i + 1]!; e++) if (set.indices[e] === j) return set.weights[e]!;
    return 0;
  };
  it("has umap-learn's edges and weights, with duplicates among the points", () => {
    expect(set.indices).toHaveLength(reference.edges);
    for (const [i, j, value] of reference.fuzzy) expect(Math.abs(weight(i, j) - value)).toBeLessThan(2e-4);
    expect(set.weights.reduce((a, b) => a + b, 0) / reference.fuzzySum).toBeCloseTo(1, 4);
  });
  it('is symmetric', () => {
    for (let i = 0; i < cloud.n; i++) for (let e = set.indptr[i]!; e < set.indptr[i + 1]!; e++) expect(weight(set.indices[e]!, i)).toBe(set.weights[e]);
  });
});

describe('umap', () => {
  it('parts six clusters and is trustworthy', async () => {
    const map = await umap(cloud, graph);
    const report = await trust(cloud, graph, map);
    expect(report.trustworthiness).toBeGreaterThan(0.9);
    expect(labelAgreement(report.mapNeighbors, labels, 10)!.mean).toBeGreaterThan(0.9);
  });
  it('has the same bits for any number of threads, others for another seed', async () => {
    const random = seededRandom(4);
    const many = points(Float32Array.from({ length: 2600 * 5 }, (_, i) => random() + (Math.floor(i / 5) % 4)), 5);
    const neighbors = exactNeighbors(many, 14);
    for (const dims of [2, 3] as const) {
      const [one, two, five] = await Promise.all([1, 2, 5].map((threads) => umap(many, neighbors, { dims, epochs: 31, threads })));
      expect(two).toEqual(one);
      expect(five).toEqual(one);
      expect(one!.every(Number.isFinite)).toBe(true);
      expect(await umap(many, neighbors, { dims, epochs: 31, seed: 43, threads: 2 })).not.toEqual(one);
    }
  });
  it('reports every epoch and shows coordinates on the way', async () => {
    const epochs: number[] = [], shown: number[] = [];
    await umap(cloud, graph, { epochs: 20, snapshotEvery: 5, onEpoch: (epoch, of, coordinates) => {
      expect(of).toBe(20);
      epochs.push(epoch);
      if (coordinates !== undefined) shown.push(coordinates.length);
    } });
    expect(epochs).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(shown).toEqual([480, 480, 480]);
  });
  it('stops within one epoch of the signal', async () => {
    const stop = new AbortController();
    let last = 0;
    const running = umap(cloud, graph, { epochs: 1_000_000, threads: 1, signal: stop.signal, onEpoch: (epoch) => {
      last = epoch;
      if (epoch === 3) stop.abort();
    } });
    await expect(running).rejects.toMatchObject({ kind: 'cancelled' });
    expect(last).toBeLessThan(100_000);
    await expect(umap(cloud, graph, { signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: 'cancelled' });
  });
  it('from the map before moves its points little', async () => {
    const before = await umap(cloud, graph);
    const random = seededRandom(8);
    const nudged = points(cloud.data.map((x) => x + (random() - 0.5) * 0.1), cloud.d);
    const neighbors = exactNeighbors(nudged, 15);
    const warm = align(await umap(nudged, neighbors, { init: before, epochs: 100 }), before, 2);
    const cold = align(await umap(nudged, neighbors, { seed: 7 }), before, 2);
    expect(warm.relativeMovement).toBeLessThan(0.25);
    expect(warm.relativeMovement).toBeLessThan(cold.relativeMovement);
  });
  it.each([
    ['one point', 1, 0], ['two points', 2, 1], ['three points', 3, 2], ['all equal', 30, 14], ['k beyond the graph', 10, 3],
  ])('%s: finite coordinates', async (name, n, k) => {
    const set = points(Float32Array.from({ length: n * 4 }, (_, i) => (name === 'all equal' ? 1 : Math.sin(i))), 4);
    const map = await umap(set, k === 0 ? undefined : exactNeighbors(set, k), { epochs: 50, neighbors: 15 });
    expect(map).toHaveLength(n * 2);
    expect(map.every(Number.isFinite)).toBe(true);
  });
  it('refuses what does not fit, by name', async () => {
    await expect(umap(cloud, undefined)).rejects.toMatchObject({ reason: 'NEIGHBORS_MISSING' });
    await expect(umap(cloud, graph, { init: new Float32Array(4) })).rejects.toThrow(/4 initial coordinates do not fit 240 points/);
    await expect(umap(cloud, graph, { init: new Float32Array(480).fill(NaN) })).rejects.toThrow(/coordinate 0 of point 0 is NaN/);
    await expect(umap(cloud, { ...graph, distances: graph.distances.map(() => NaN) })).rejects.toThrow(/distance from point 0 to \d+ is NaN/);
    await expect(umap(cloud, graph, { neighbors: 1 })).rejects.toThrow(/1 neighbours are too few/);
  });
});
