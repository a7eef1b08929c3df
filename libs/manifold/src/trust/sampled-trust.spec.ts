import { readFileSync } from 'node:fs';
import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { distanceCorrelation, exactNeighbors, points, randomTriplets, trust } from '../index.js';
import { estimateMean, drawSample } from './sample.js';

/** Numbers of scikit-learn and scipy, written by bench/reference/trust.py. */
const reference = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/trust.json', import.meta.url), 'utf8'),
) as {
  n: number;
  d: number;
  trust: Record<string, [number, number]>;
  spearman: number;
  spearmanAll: number;
};
const { n, d } = reference;
const cloud = points(drawn(), d);
const map = Float32Array.from({ length: 2 * n }, (_, e) => cloud.data[(e >> 1) * d + (e & 1)]!);
const graph = exactNeighbors(cloud, 15);

/**
 * The points of the script: a linear congruential generator, the first four dimensions moved by the group.
 */
function drawn(): Float32Array {
  let state = 7;
  return Float32Array.from({ length: n * d }, (_, e) => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return Math.fround(state / 2 ** 32) + (e % d < 4 ? Math.floor(e / d) % 6 : 0);
  });
}

describe('trust of a population', () => {
  it.each([5, 15])('that is ranked whole is that of scikit-learn to 1e-9: %i neighbours', async (k) => {
    const report = await trust(cloud, graph, map, { k });
    const [trustworthiness, continuity] = reference.trust[k]!;
    expect(Math.abs(report.trustworthiness - trustworthiness)).toBeLessThan(1e-9);
    expect(Math.abs(report.continuity - continuity)).toBeLessThan(1e-9);
    expect(report.interval).toEqual({ trustworthiness: 0, continuity: 0 });
  });
  it('that is sampled is near the whole, each point as in the whole', async () => {
    const few = points(cloud.data.slice(0, 900 * d), d);
    const flat = map.slice(0, 1_800);
    const nearest = exactNeighbors(few, 15);
    const whole = await trust(few, nearest, flat);
    let within = 0;
    for (let seed = 0; seed < 20; seed++) {
      const part = await trust(few, nearest, flat, { exactUpTo: 0, sampleSize: 200, seed });
      if (Math.abs(part.trustworthiness - whole.trustworthiness) <= part.interval.trustworthiness) within++;
      if (Math.abs(part.continuity - whole.continuity) <= part.interval.continuity) within++;
      part.queries.forEach((point, q) => {
        expect(part.perPoint.trustworthiness[q]).toBe(whole.perPoint.trustworthiness[point]);
      });
      expect(part.perPoint.overlap).toEqual(whole.perPoint.overlap);
      expect(part.mapNeighbors).toEqual(whole.mapNeighbors);
      expect(part.interval.trustworthiness).toBeLessThan(0.01);
    }
    expect(within).toBeGreaterThanOrEqual(35); // 38 of 40 are expected
  });
  it('that is sampled is the same for any number of threads, other for another seed', async () => {
    const of = (threads: number, seed: number): ReturnType<typeof trust> =>
      trust(cloud, graph, map, { exactUpTo: 0, sampleSize: 50, threads, seed });
    const [one, two, other] = [await of(1, 3), await of(2, 3), await of(2, 4)];
    expect(two).toEqual(one);
    expect(other.queries).not.toEqual(one.queries);
  });
});

describe('a sample', () => {
  it('is ascending and without repetition', () => {
    expect([...drawSample(7, 7, 1)]).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const chosen = drawSample(100_000, 1_000, 5);
    expect(new Set(chosen).size).toBe(1_000);
    chosen.forEach((point, i) => {
      expect(point).toBeGreaterThan(i === 0 ? -1 : chosen[i - 1]!);
    });
  });
  it('gives the half width of the textbook', () => {
    const { mean, halfWidth } = estimateMean([1, 2, 3, 4], 16);
    expect([mean, halfWidth]).toEqual([2.5, 1.959963984540054 * Math.sqrt((5 / 3 / 4) * 0.75)]);
  });
});

describe('global trust', () => {
  it("rank correlation of all distances is scipy's", () => {
    const few = points(cloud.data.subarray(0, 300 * d), d);
    const { correlation, low, high, pairs } = distanceCorrelation(few, map.subarray(0, 600));
    expect(correlation).toBeCloseTo(reference.spearman, 12);
    expect([low, high, pairs]).toEqual([correlation, correlation, 44_850]);
  });
  it('rank correlation of a sample holds that of all in its interval', () => {
    const { low, high } = distanceCorrelation(cloud, map, { pairs: 100_000 });
    expect(low).toBeLessThan(reference.spearmanAll);
    expect(high).toBeGreaterThan(reference.spearmanAll);
    expect(high - low).toBeLessThan(0.001);
  });
  it('triplets of the map itself and of its mirror are all kept, half of the triplets of noise', () => {
    const plane = points(map, 2);
    expect(randomTriplets(plane, map)).toMatchObject({ mean: 1, halfWidth: 0 });
    const corner = points(Float32Array.of(0, 1, 3, 7, 20, 50), 1);
    const far = Float32Array.of(0, 50, 0, 49, 0, 47, 0, 43, 0, 30, 0, 0);
    expect(randomTriplets(corner, far).mean).toBe(1);
    const noise = randomTriplets(cloud, Float32Array.from({ length: 2 * n }, seededRandom(8)), {
      tripletsPerPoint: 20,
    });
    expect(Math.abs(noise.mean - 0.5)).toBeLessThan(0.02);
  });
  it('of equal points, of two and of one is a number', () => {
    for (const count of [1, 2, 40]) {
      const equal = points(new Float32Array(2 * count), 2);
      expect(randomTriplets(equal, equal.data).mean).toBe(1);
      expect(distanceCorrelation(equal, equal.data).correlation).toBe(1);
    }
    expect(distanceCorrelation(points(Float32Array.of(0, 1, 5), 1), new Float32Array(6)).correlation).toBe(0);
    expect(randomTriplets(points(Float32Array.of(0, 1, 5), 1), new Float32Array(6)).mean).toBe(0.5);
  });
});
