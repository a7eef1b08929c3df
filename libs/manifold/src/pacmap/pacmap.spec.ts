import { readFileSync } from 'node:fs';
import { seededRandom } from '@noema/kernel';
import { KernelMemory, kernelsOn } from '@noema/simd';
import { describe, expect, it } from 'vitest';
import { align, exactNeighbors, labelAgreement, pacmap, points, trust } from '../index.js';
import { layoutContract } from '../layout.contract.js';
import { cloud, labels } from '../reference.fixture.js';
import { pacmapGradient } from './gradient.js';
import { pacmapNeighbors } from './pacmap.js';
import { nearPairs, pairCounts, samplePairs } from './pairs.js';
import { bothEnds } from './partners.js';
import { weightsAt } from './weights.js';

/** Written by bench/reference/pacmap_pairs.py. */
const theirs = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/pacmap.json', import.meta.url), 'utf8'),
) as {
  k: number;
  near: number[];
  weights: [number, number, number, number][];
  nearCounts: [number, number][];
  trustworthiness: number;
  gradients: Record<
    string,
    { map: number[]; near: number[]; mid: number[]; far: number[]; gradient: number[] }
  >;
};
const graph = exactNeighbors(cloud, 60);

function randomPoints(n: number, d: number): ReturnType<typeof points> {
  const random = seededRandom(4);
  return points(
    Float32Array.from({ length: n * d }, (_, i) => random() + (Math.floor(i / d) % 4)),
    d,
  );
}

describe('PaCMAP pairs', () => {
  it("near: the pairs of the authors' package", () => {
    const own = nearPairs(exactNeighbors(cloud, theirs.k), 10);
    for (let i = 0; i < cloud.n; i++) {
      if ([1, 7, 13].includes(i)) continue; // equal points, whose neighbours may be listed in any order
      const same = new Set(theirs.near.slice(i * 10, i * 10 + 10));
      const kept = [...own.subarray(i * 10, i * 10 + 10)].filter((j) => same.has(j)).length;
      expect(kept, `point ${i}`).toBeGreaterThanOrEqual(9);
    }
    expect(own.filter((j, e) => j === theirs.near[e]).length / own.length).toBeGreaterThan(0.98);
  });
  it('mid-near: the second nearest of six random points, so two sevenths of all are nearer in the mean', () => {
    const many = randomPoints(700, 3);
    const exact = exactNeighbors(many, 699);
    const { mid } = samplePairs(many, exact, { near: 10, mid: 5, far: 0 }, 1);
    let sum = 0;
    for (let i = 0; i < many.n; i++) {
      const order = [...exact.indices.subarray(i * 699, (i + 1) * 699)];
      const own = [...mid.subarray(i * 5, i * 5 + 5)];
      expect(new Set(own).size).toBe(5);
      for (const j of own) sum += (order.indexOf(j) + 1) / 700;
    }
    expect(sum / mid.length).toBeGreaterThan(2 / 7 - 0.01);
    expect(sum / mid.length).toBeLessThan(2 / 7 + 0.01);
  });
  it('further: different points that are no near pairs', () => {
    const { near, far } = samplePairs(cloud, graph, { near: 10, mid: 5, far: 20 }, 1);
    for (let i = 0; i < cloud.n; i++) {
      const all = [i, ...near.subarray(i * 10, i * 10 + 10), ...far.subarray(i * 20, i * 20 + 20)];
      expect(new Set(all).size).toBe(31);
    }
  });
  it('are fewer where there are few points', () => {
    expect(pairCounts(10_000, 10, 0.5, 2)).toEqual({ near: 10, mid: 5, far: 20 });
    expect(pairCounts(20, 10, 0.5, 2)).toEqual({ near: 5, mid: 2, far: 9 });
    expect(pairCounts(2, 1, 0.5, 2)).toEqual({ near: 1, mid: 1, far: 0 });
    for (const [n, near] of theirs.nearCounts) expect(pacmapNeighbors(n)).toBe(near);
  });
});

describe('PaCMAP gradient', () => {
  it.each([2, 3] as const)("of all kinds of pairs in %i dimensions: that of the authors' package", (dims) => {
    const { map, near, mid, far, gradient } = theirs.gradients[dims]!;
    const n = map.length / dims;
    const memory = new KernelMemory();
    const coordinates = memory.floats(map);
    const own = memory.floats(map.length);
    const ends = (pairs: number[]) => bothEnds(memory, Int32Array.from(pairs), n, dims);
    pacmapGradient(
      kernelsOn(memory.shared),
      { near: ends(near), mid: ends(mid), far: ends(far) },
      weightsAt(40, { global: 100, middle: 100, local: 250 }),
      dims,
      coordinates,
      own,
      0,
      n,
    );
    own.forEach((value, e) => {
      expect(Math.abs(value - gradient[e]!)).toBeLessThan(1e-4 * Math.max(1, Math.abs(gradient[e]!)));
    });
  });
  it("weighs as the authors' package in every phase", () => {
    for (const [step, mid, near, far] of theirs.weights) {
      const own = weightsAt(step, { global: 100, middle: 100, local: 250 });
      expect([own.near, own.far]).toEqual([near, far]);
      expect(own.mid).toBeCloseTo(mid, 9);
    }
  });
});

describe('PaCMAP', () => {
  it("parts six clusters and is as trustworthy as the authors' package", async () => {
    const report = await trust(cloud, graph, await pacmap(cloud, graph));
    expect(report.trustworthiness).toBeGreaterThan(theirs.trustworthiness - 0.01);
    expect(labelAgreement(report.mapNeighbors, labels, 10)!.mean).toBeGreaterThan(0.9);
  });
  it('from the map before moves its points little', async () => {
    const before = await pacmap(cloud, graph);
    const random = seededRandom(8);
    const nudged = points(
      cloud.data.map((x) => x + (random() - 0.5) * 0.1),
      cloud.d,
    );
    const neighbors = exactNeighbors(nudged, 60);
    const after = await pacmap(nudged, neighbors, { init: before });
    const warm = align(after, before, 2);
    const cold = align(await pacmap(nudged, neighbors, { seed: 7 }), before, 2);
    expect(warm.relativeMovement).toBeLessThan(0.2);
    expect(warm.relativeMovement).toBeLessThan(cold.relativeMovement);
    expect((await trust(nudged, neighbors, after)).trustworthiness).toBeGreaterThan(
      theirs.trustworthiness - 0.01,
    );
  });
  it('refuses too few neighbours by name', async () => {
    await expect(pacmap(cloud, graph, { neighbors: 0 })).rejects.toThrow(/0 neighbors are too few/);
  });
  layoutContract(pacmap, [
    [1300, 2],
    [1300, 3],
  ]);
});
