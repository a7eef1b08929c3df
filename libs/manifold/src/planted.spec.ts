import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import {
  align,
  chooseClusterCount,
  distanceCorrelation,
  exactNeighbors,
  hdbscan,
  kMeans,
  labelAgreement,
  nearestClasses,
  nearestNeighbors,
  pcaMap,
  points,
  type Points,
  randomTriplets,
  transform,
  trust,
  umap,
} from './index.js';

const random = seededRandom(12);
const noise = Float32Array.from({ length: 300 }, random);
const cases: readonly [string, Points][] = [
  ['two points', points(Float32Array.of(0, 0, 0, 1, 2, 3), 3)],
  ['two equal points', points(new Float32Array(6), 3)],
  ['three points', points(Float32Array.of(0, 0, 0, 1, 2, 3, 5, 5, 5), 3)],
  ['equal points', points(new Float32Array(300).fill(7), 3)],
  [
    'two identical samples',
    points(
      noise.map((x, e) => (e < 6 ? noise[e % 3]! : x)),
      3,
    ),
  ],
  [
    'an outlier at a million',
    points(
      noise.map((x, e) => (e < 3 ? 1e6 : x)),
      3,
    ),
  ],
  [
    'a constant dimension',
    points(
      noise.map((x, e) => (e % 3 === 1 ? 4 : x)),
      3,
    ),
  ],
  [
    'only two places',
    points(
      noise.map((_, e) => Math.floor(e / 3) % 2),
      3,
    ),
  ],
];
const finite = (values: ArrayLike<number>): void => {
  expect(Array.from(values).findIndex((value) => !Number.isFinite(value))).toBe(-1);
};

describe.each(cases)('RELIABILITY 30: of %s', (_, cloud) => {
  const { n } = cloud;
  const k = Math.min(15, n - 1);
  const graph = exactNeighbors(cloud, k);
  it('neighbours, maps and new places are finite', async () => {
    finite((await nearestNeighbors(cloud, k, { exactUpTo: 0 })).graph.distances);
    const map = await umap(cloud, graph, { epochs: 30 });
    finite(map);
    finite(pcaMap(cloud, 2).coordinates);
    const { coordinates, meanMovement } = align(map, pcaMap(cloud, 2).coordinates, 2);
    finite([...coordinates, meanMovement]);
    finite((await transform(cloud, map, cloud, { epochs: 30 })).coordinates);
  });
  it('trust is between 0 and 1, or refused below three points', async () => {
    const map = pcaMap(cloud, 2).coordinates;
    const { correlation, low, high } = distanceCorrelation(cloud, map);
    finite([correlation, low, high, randomTriplets(cloud, map).mean]);
    if (n < 3) await expect(trust(cloud, graph, map)).rejects.toThrow(/need 3 points or more; there are 2/);
    else {
      for (const exactUpTo of [0, n]) {
        const report = await trust(cloud, graph, map, { exactUpTo, sampleSize: Math.ceil(n / 2) });
        for (const value of [
          report.trustworthiness,
          report.continuity,
          report.overlap,
          ...report.perPoint.trustworthiness,
          ...report.perPoint.overlap,
        ]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
        finite([report.interval.trustworthiness, report.interval.continuity]);
      }
    }
  });
  it('clusters hold every point once', async () => {
    const dense = await hdbscan(cloud, graph);
    const chosen = await chooseClusterCount(cloud);
    const means = await kMeans(cloud, Math.min(n, Math.max(1, chosen.k)));
    expect(dense.sizes.reduce((a, b) => a + b, dense.noise)).toBe(n);
    expect(means.sizes.reduce((a, b) => a + b, 0)).toBe(n);
    finite([
      ...dense.strength,
      means.inertia,
      ...means.centres,
      ...chosen.scores.map((score) => score.silhouette),
    ]);
  });
});

describe('RELIABILITY 30: planted', () => {
  it('NaN in one sample is named before anything is computed', () => {
    expect(() =>
      points(
        noise.map((x, e) => (e === 40 ? NaN : x)),
        3,
      ),
    ).toThrow(/dimension 1 of point 13 is NaN/);
  });
  it('k of n or more is refused with what can be had', async () => {
    const few = points(noise.slice(0, 15), 3);
    await expect(nearestNeighbors(few, 5)).rejects.toThrow(
      /5 neighbors of 5 points cannot be had; ask for 1 to 4/,
    );
    await expect(kMeans(few, 6)).rejects.toThrow(/6 clusters of 5 points cannot be had; ask for 1 to 5/);
  });
  it('a class with one member has a nearest class, and agrees with no neighbor', () => {
    const cloud = points(noise, 3);
    const classes = Int32Array.from({ length: 100 }, (_, i) => (i === 50 ? 1 : 0));
    expect(nearestClasses(cloud, classes).map((c) => c.nearest)).toEqual([1, 0]);
    expect(labelAgreement(exactNeighbors(cloud, 10), classes, 10)!.perPoint[50]).toBe(0);
  });
  it('two hundred thousand equal points have neighbours, trust and one cluster', async () => {
    const n = 200_000;
    const cloud = points(new Float32Array(2 * n), 2);
    const k = 3;
    const { graph, recall } = await nearestNeighbors(cloud, k, { trees: 1, recallQueries: 5 });
    expect(recall.mean).toBe(1);
    const report = await trust(cloud, graph, cloud.data, { k, sampleSize: 5 });
    expect([report.trustworthiness, report.overlap]).toEqual([1, 1]);
    expect(await hdbscan(cloud, graph)).toMatchObject({ sizes: [n], noise: 0, exact: false });
    expect((await chooseClusterCount(cloud)).k).toBe(1);
  }, 240_000);
});
