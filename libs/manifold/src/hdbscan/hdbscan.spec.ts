import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { clusterReference, drawn } from '../clusters.fixture.js';
import { exactNeighbors, hdbscan, points } from '../index.js';

describe('HDBSCAN', () => {
  it.each(
    clusterReference.flatMap(({ n, d, groups, runs }) => runs.map((run) => ({ n, d, groups, ...run }))),
  )(
    "is scikit-learn's: $n points in $d dimensions, clusters of $minClusterSize, cores of $minSamples",
    async ({ n, d, groups, minClusterSize, minSamples, labels, probabilities }) => {
      const cloud = drawn(n, d, groups);
      const found = await hdbscan(cloud, exactNeighbors(cloud, 24), { minClusterSize, minSamples });
      const named = new Map<number, number>([[-1, -1]]);
      labels.forEach((label, i) => {
        // Labels that depend on the order of equal edges, in scikit-learn too, are marked in the fixture.
        if (label < -1) return;
        if (!named.has(label)) named.set(label, found.assignment[i]!);
        expect(found.assignment[i]).toBe(named.get(label));
        if (probabilities[i]! >= 0) expect(found.strength[i]).toBeCloseTo(probabilities[i]!, 4);
      });
      expect(labels.filter((label) => label < -1).length).toBeLessThan(n / 100);
      expect(new Set(named.values()).size).toBe(named.size);
      expect([found.sizes.length + 1, found.exact]).toEqual([named.size, true]);
    },
  );
  it('counts what it says, largest cluster first', async () => {
    const cloud = drawn(900, 6, 5);
    const { assignment, sizes, noise } = await hdbscan(cloud, exactNeighbors(cloud, 24));
    expect(sizes.map((_, cluster) => assignment.filter((own) => own === cluster).length)).toEqual(
      [...sizes].sort((a, b) => b - a),
    );
    expect(sizes.reduce((a, b) => a + b) + noise).toBe(900);
  });
  it('of a large population, from the edges of its graph, has nearly the same clusters', async () => {
    const cloud = drawn(900, 6, 5);
    const graph = exactNeighbors(cloud, 24);
    const [exact, fast] = [
      await hdbscan(cloud, graph, { minClusterSize: 30 }),
      await hdbscan(cloud, graph, { minClusterSize: 30, exactUpTo: 0 }),
    ];
    expect(fast.exact).toBe(false);
    expect(fast.sizes.length).toBe(exact.sizes.length);
    // Groups of nearly equal size may change places: point g belongs to group g.
    const named = new Map(
      Array.from({ length: 5 }, (_, group) => [fast.assignment[group]!, exact.assignment[group]!]),
    );
    expect(
      fast.assignment.filter((cluster, i) => (cluster < 0 ? -1 : named.get(cluster)) === exact.assignment[i])
        .length,
    ).toBeGreaterThan(890);
  });
  it(
    'of equal points is one cluster, of groups of equal points each group one, of noise without density ' +
      'noise',
    async () => {
      for (const exactUpTo of [0, 20_000]) {
        const equal = points(new Float32Array(100), 2);
        expect(await hdbscan(equal, exactNeighbors(equal, 12), { exactUpTo })).toMatchObject({
          sizes: [50],
          noise: 0,
        });
        const groups = points(
          Float32Array.from({ length: 120 }, (_, e) => 10 * Math.floor(e / 40)),
          2,
        );
        const found = await hdbscan(groups, exactNeighbors(groups, 12), { exactUpTo });
        expect(found).toMatchObject({ sizes: [20, 20, 20], noise: 0 });
        expect(found.strength.every((strength) => strength === 1)).toBe(true);
      }
      const few = points(Float32Array.from({ length: 10 }, seededRandom(1)), 2);
      expect(await hdbscan(few, exactNeighbors(few, 4))).toMatchObject({ sizes: [], noise: 5 });
    },
  );
  it('holds with one point at a million, and with two points', async () => {
    const { data, d } = drawn(900, 6, 5);
    const far = data.slice();
    far[0] = 1e6;
    const cloud = points(far, d);
    const found = await hdbscan(cloud, exactNeighbors(cloud, 24), { minClusterSize: 30 });
    expect([found.sizes.length, found.assignment[0]]).toEqual([5, -1]);
    expect(found.strength.every(Number.isFinite)).toBe(true);
    const two = points(Float32Array.of(0, 1), 1);
    expect(await hdbscan(two, exactNeighbors(two, 1))).toMatchObject({ sizes: [2], noise: 0 });
  });
  it('refuses clusters of one and stops at the signal', async () => {
    const cloud = drawn(3_000, 3, 3);
    const graph = exactNeighbors(cloud, 10);
    await expect(hdbscan(cloud, graph, { minClusterSize: 1 })).rejects.toThrow(
      /cluster of 1 points cannot be; ask for at least 2/,
    );
    await expect(hdbscan(cloud, graph, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: 'cancelled',
    });
  });
});
