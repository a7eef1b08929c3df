import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { align, kMeans, parseParameters, points, projectionAlgorithms } from './index.js';
import { cloud, labels } from './reference.fixture.js';

describe('k-means', () => {
  it('finds the six groups, largest first, the same every time', async () => {
    const found = await kMeans(cloud, 6);
    expect(await kMeans(cloud, 6)).toEqual(found);
    expect(found.sizes.reduce((a, b) => a + b)).toBe(240);
    expect([...found.sizes].sort((a, b) => b - a)).toEqual(found.sizes);
    const pure = found.sizes.reduce((sum, _, cluster) => {
      const counts = new Map<number, number>();
      found.assignment.forEach((c, i) => {
        if (c === cluster) counts.set(labels[i]!, (counts.get(labels[i]!) ?? 0) + 1);
      });
      return sum + Math.max(...counts.values());
    }, 0);
    expect(pure / 240).toBeGreaterThan(0.9);
  });
  it('leaves each centre at the mean of its points', async () => {
    const { assignment, centres, sizes } = await kMeans(cloud, 4, { iterations: 500 });
    sizes.forEach((size, cluster) => {
      for (let c = 0; c < cloud.d; c++) {
        const sum = assignment.reduce(
          (total, own, i) => total + (own === cluster ? cloud.data[i * cloud.d + c]! : 0),
          0,
        );
        expect(centres[cluster * cloud.d + c]).toBeCloseTo(sum / size, 9);
      }
    });
  });
  it('of equal points is one cluster; of more clusters than points is refused', async () => {
    expect((await kMeans(points(new Float32Array(20).fill(3), 2), 4)).sizes).toEqual([10]);
    await expect(kMeans(points(new Float32Array(4), 2), 3)).rejects.toThrow(/3 clusters of 2 points/);
    await expect(kMeans(cloud, 6, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: 'cancelled',
    });
  });
});

describe('alignment', () => {
  it.each([
    [2, 1],
    [2, -1],
    [3, 1],
    [3, -1],
  ] as const)('undoes a turn, a shift and a mirror in %i dimensions', (dims, mirror) => {
    const random = seededRandom(dims);
    const c = Math.cos(0.7);
    const s = Math.sin(0.7);
    const before = Float32Array.from({ length: 50 * dims }, () => random() * 10);
    const after = before.slice();
    for (let i = 0; i < 50; i++) {
      const x = before[i * dims]!;
      const y = before[i * dims + 1]! * mirror;
      after[i * dims] = c * x - s * y + 3;
      after[i * dims + 1] = s * x + c * y - 8;
    }
    const back = align(after, before, dims);
    back.coordinates.forEach((value, i) => {
      expect(value).toBeCloseTo(before[i]!, 4);
    });
    expect(back.meanMovement).toBeLessThan(1e-5);
  });
  it('keeps the scale', () => {
    const before = Float32Array.of(0, 0, 1, 0, 0, 1);
    const moved = align(
      before.map((x) => 3 * x),
      before,
      2,
    ).coordinates;
    expect(Math.hypot(moved[2]! - moved[0]!, moved[3]! - moved[1]!)).toBeCloseTo(3, 5);
  });
  it('of points on a line, on one spot, or of one point is finite', () => {
    for (const shape of [Float32Array.of(0, 0, 1, 1, 2, 2), new Float32Array(6), Float32Array.of(5, 6)]) {
      expect(
        align(
          shape,
          shape.map((x) => x + 1),
          2,
        ).coordinates.every(Number.isFinite),
      ).toBe(true);
    }
    expect(() => align(new Float32Array(4), new Float32Array(6), 2)).toThrow(
      /4 coordinates cannot be aligned to 6/,
    );
  });
});

describe('algorithms', () => {
  it('are listed by key and refuse what they do not know', () => {
    expect(projectionAlgorithms.keys()).toEqual(['umap', 'tsne', 'pacmap', 'pca']);
    expect(() => projectionAlgorithms.get('isomap')).toThrow(
      /unknown projection algorithm "isomap"; known: pacmap, pca, tsne, umap/,
    );
    const algorithm = projectionAlgorithms.get('umap');
    expect(parseParameters(algorithm, { n_neighbors: 30 }).number('min_dist')).toBe(0.1);
    expect(() => parseParameters(algorithm, { perplexity: 3 })).toThrow(
      /umap has no parameter "perplexity"; known: n_neighbors/,
    );
    expect(() => parseParameters(algorithm, { n_neighbors: 1.5 })).toThrow(
      /n_neighbors of umap is 1.5; it must be an integer from 2 to 200/,
    );
  });
});
