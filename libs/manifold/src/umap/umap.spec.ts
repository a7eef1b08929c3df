import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { align, exactNeighbors, fitCurve, fuzzySet, labelAgreement, points, trust, umap } from '../index.js';
import { layoutContract } from '../layout.contract.js';
import { cloud, labels, reference } from '../reference.fixture.js';

const graph = exactNeighbors(cloud, 15);

describe('similarity curve', () => {
  it.each(reference.curve)("spread %f, min_dist %f: umap-learn's a and b", (spread, minDist, a, b) => {
    const curve = fitCurve(spread, minDist);
    expect(curve.a).toBeCloseTo(a, 5);
    expect(curve.b).toBeCloseTo(b, 5);
  });
  it('refuses min_dist beyond spread', () => {
    expect(() => fitCurve(1, 2)).toThrow(/min_dist 2 and spread 1/);
  });
});

describe('fuzzy simplicial set', () => {
  const { k, indices, distances } = reference.knn;
  const set = fuzzySet({
    n: cloud.n,
    k,
    indices: Int32Array.from(indices),
    distances: Float32Array.from(distances),
  });
  const weight = (i: number, j: number): number => {
    for (let e = set.indptr[i]!; e < set.indptr[i + 1]!; e++)
      if (set.indices[e] === j) return set.weights[e]!;
    return 0;
  };
  it("has umap-learn's edges and weights, with duplicates among the points", () => {
    expect(set.indices).toHaveLength(reference.edges);
    for (const [i, j, value] of reference.fuzzy) expect(Math.abs(weight(i, j) - value)).toBeLessThan(2e-4);
    expect(set.weights.reduce((a, b) => a + b, 0) / reference.fuzzySum).toBeCloseTo(1, 4);
  });
  it('is symmetric', () => {
    for (let i = 0; i < cloud.n; i++)
      for (let e = set.indptr[i]!; e < set.indptr[i + 1]!; e++)
        expect(weight(set.indices[e]!, i)).toBe(set.weights[e]);
  });
});

describe('umap', () => {
  it('parts six clusters and is trustworthy', async () => {
    const map = await umap(cloud, graph);
    const report = await trust(cloud, graph, map);
    expect(report.trustworthiness).toBeGreaterThan(0.9);
    expect(labelAgreement(report.mapNeighbors, labels, 10)!.mean).toBeGreaterThan(0.9);
  });
  it('stops within one epoch of the signal', async () => {
    const stop = new AbortController();
    let last = 0;
    const running = umap(cloud, graph, {
      epochs: 1_000_000,
      threads: 1,
      signal: stop.signal,
      onStep: (epoch) => {
        last = epoch;
        if (epoch === 3) stop.abort();
      },
    });
    await expect(running).rejects.toMatchObject({ kind: 'cancelled' });
    expect(last).toBeLessThan(100_000);
    await expect(umap(cloud, graph, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: 'cancelled',
    });
  });
  it('from the map before moves its points little', async () => {
    const before = await umap(cloud, graph);
    const random = seededRandom(8);
    const nudged = points(
      cloud.data.map((x) => x + (random() - 0.5) * 0.1),
      cloud.d,
    );
    const neighbors = exactNeighbors(nudged, 15);
    const warm = align(await umap(nudged, neighbors, { init: before, epochs: 100 }), before, 2);
    const cold = align(await umap(nudged, neighbors, { seed: 7 }), before, 2);
    expect(warm.relativeMovement).toBeLessThan(0.25);
    expect(warm.relativeMovement).toBeLessThan(cold.relativeMovement);
  });
  it('holds points where they were, as their weight says; others go where their neighbours are', async () => {
    const before = await umap(cloud, graph);
    const random = seededRandom(8);
    const half = cloud.n;
    const nudged = points(
      cloud.data.map((x) => x + (random() - 0.5) * 0.3),
      cloud.d,
    );
    const neighbors = exactNeighbors(nudged, 15);
    const moved = async (weight: number, places = before): Promise<number> => {
      const map = await umap(nudged, neighbors, {
        init: before,
        epochs: 100,
        ...(weight > 0 && { hold: { places, weight } }),
      });
      return align(map, before, 2).meanMovement;
    };
    const [free, held, fast] = [await moved(0), await moved(0.1), await moved(1)];
    expect(held).toBeLessThan(0.7 * free);
    expect(fast).toBeLessThan(0.5 * held);
    expect(await moved(0.5, new Float32Array(2 * half).fill(NaN))).toBe(free);
    const some = before.map((value, e) => (e < half ? value : NaN));
    const map = await umap(nudged, neighbors, {
      init: before,
      epochs: 100,
      hold: { places: some, weight: 1 },
    });
    const gap = (from: number, to: number): number =>
      map.subarray(from, to).reduce((sum, value, e) => sum + Math.abs(value - before[from + e]!), 0);
    expect(gap(0, half)).toBeLessThan(0.9 * gap(half, 2 * half));
  });
  it('refuses what does not fit, by name', async () => {
    await expect(
      umap(cloud, graph, { hold: { places: new Float32Array(6), weight: 1 } }),
    ).rejects.toMatchObject({ reason: 'HOLD_SHAPE' });
    await expect(umap(cloud, graph, { init: new Float32Array(480).fill(NaN) })).rejects.toThrow(
      /coordinate 0 of point 0 is NaN/,
    );
    await expect(umap(cloud, { ...graph, distances: graph.distances.map(() => NaN) })).rejects.toThrow(
      /distance from point 0 to \d+ is NaN/,
    );
    await expect(umap(cloud, graph, { neighbors: 1 })).rejects.toThrow(/1 neighbors are too few/);
  });
  layoutContract(
    (set, neighbors, { steps, ...options } = {}) =>
      umap(set, neighbors, { ...options, ...(steps !== undefined && { epochs: steps }) }),
    [
      [2600, 2],
      [2600, 3],
    ],
  );
});
