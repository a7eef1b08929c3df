import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kMeans, points, type Points, sampledSilhouette, silhouette } from './index.js';
import { pairDistances } from './silhouette.js';

/**
 * Points of public data, and scikit-learn's least inertia over seeds 0 to 19 for some numbers of clusters, by
 * bench/reference/k_means.py.
 */
const references = JSON.parse(
  readFileSync(new URL('../../test/fixtures/k-means.json', import.meta.url), 'utf8'),
) as {
  readonly name: string;
  readonly d: number;
  readonly points: string;
  readonly inertia: readonly (readonly [k: number, least: number])[];
}[];
const cases = references.flatMap(({ name, d, points: bytes, inertia }) =>
  inertia.map(
    ([k, least]) =>
      [name, k, least, points(Float32Array.from(new Int8Array(Buffer.from(bytes, 'base64'))), d)] as const,
  ),
);
const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);

describe('k-means', () => {
  it.each(cases.filter(([name]) => name !== 'diabetes'))(
    "of %s in %i clusters, a class each, is near scikit-learn's best with half of the usual starts from " +
      'every seed',
    async (_, k, least, cloud) => {
      for (const seed of SEEDS)
        expect((await kMeans(cloud, k, { seed, starts: 20 })).inertia / least, `seed ${seed}`).toBeLessThan(
          1.01,
        );
    },
  );

  it("of diabetes in 10 clusters (no classes) is near scikit-learn's best by usual starts", async () => {
    const [, k, least, cloud] = cases.find(([name]) => name === 'diabetes')!;
    for (const seed of SEEDS.slice(0, 4))
      expect((await kMeans(cloud, k, { seed })).inertia / least, `seed ${seed}`).toBeLessThan(1.01);
  });

  it('keeps the start with the least inertia', async () => {
    const cloud = cases[0]![3];
    const one = await Promise.all(SEEDS.map((seed) => kMeans(cloud, 10, { seed, starts: 1 })));
    const ten = await kMeans(cloud, 10, { seed: 0, starts: 10 });
    expect(ten.inertia).toBeLessThanOrEqual(one[0]!.inertia);
    expect(Math.max(...one.map(({ inertia }) => inertia)) / ten.inertia).toBeGreaterThan(1.01);
    await expect(kMeans(cloud, 10, { starts: 0 })).rejects.toThrow(/cannot start 0 times; ask for 1 or more/);
  });
});

describe('the silhouette of clusters', () => {
  const line: Points = points(Float32Array.of(0, 1, 10, 11, 12, 50), 1);
  it('is that of all points in clusters, without noise', () => {
    const own = Int32Array.of(0, 0, 1, 1, 1, -1);
    expect(sampledSilhouette(line, own)).toEqual({
      silhouette: silhouette(pairDistances(points(line.data.slice(0, 5), 1)), own.slice(0, 5)),
      sampleCount: 5,
    });
  });
  it('is of a sample where there are many, and of none below two clusters', () => {
    const many = points(
      Float32Array.from({ length: 400 }, (_, i) => (i % 2) * 100 + Math.sin(i)),
      1,
    );
    const own = Int32Array.from({ length: 400 }, (_, i) => i % 2);
    expect(sampledSilhouette(many, own, { sampleSize: 50 })).toMatchObject({ sampleCount: 50 });
    expect(sampledSilhouette(many, own, { sampleSize: 50 })!.silhouette).toBeCloseTo(
      sampledSilhouette(many, own)!.silhouette,
      2,
    );
    expect(sampledSilhouette(line, new Int32Array(6))).toBeUndefined();
  });
});
