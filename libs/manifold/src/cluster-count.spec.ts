import { describe, expect, it } from 'vitest';
import { clusterReference, drawn } from './clusters.fixture.js';
import { chooseClusterCount, points, silhouette } from './index.js';
import { pairDistances } from './silhouette.js';

describe('silhouette', () => {
  it.each(clusterReference)("of $n points is scikit-learn's", ({ n, d, groups, silhouette: expected }) => {
    expect(
      silhouette(
        pairDistances(drawn(n, d, groups)),
        Int32Array.from({ length: n }, (_, i) => i % groups),
      ),
    ).toBeCloseTo(expected, 7);
  });
  it('counts a cluster of one as 0, equal points as 0, and needs two clusters', () => {
    const line = pairDistances(points(Float32Array.of(0, 1, 5), 1));
    expect(silhouette(line, Int32Array.of(0, 0, 1))).toBeCloseTo((0.8 + 0.75) / 3);
    expect(silhouette(new Float32Array(16), Int32Array.of(0, 0, 1, 1))).toBe(0);
    expect(() => silhouette(line, new Int32Array(3))).toThrow(/needs two or more/);
  });
});

describe('the number of clusters', () => {
  it.each([3, 6, 9])('is found again where there are %i groups', async (groups) => {
    const cloud = points(
      Float32Array.from({ length: 600 * 4 }, (_, e) => {
        const group = Math.floor(e / 4) % groups;
        return ((5 * Math.floor(group / 3 ** (e % 4))) % 15) + Math.sin(e * 1.7) * 0.4;
      }),
      4,
    );
    const { k, scores } = await chooseClusterCount(cloud, { to: 12 });
    expect(k).toBe(groups);
    expect(scores.map((score) => score.k)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(await chooseClusterCount(cloud, { to: 12 })).toEqual({ k, scores });
  });
  it('of equal points, of one and of two is 1', async () => {
    for (const n of [1, 2, 30])
      expect((await chooseClusterCount(points(new Float32Array(n * 2), 2))).k).toBe(1);
    expect((await chooseClusterCount(points(Float32Array.of(0, 1), 1))).k).toBe(1);
  });
  it('looks at a sample only, and stops at the signal', async () => {
    const cloud = drawn(1_500, 12, 8);
    expect((await chooseClusterCount(cloud, { sampleSize: 300, to: 4 })).scores).toHaveLength(3);
    await expect(chooseClusterCount(cloud, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: 'cancelled',
    });
    await expect(chooseClusterCount(cloud, { from: 1 })).rejects.toThrow(/1 to 20 clusters cannot be tried/);
  });
});
