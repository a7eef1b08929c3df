import { readFileSync } from 'node:fs';
import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { align, exactNeighbors, labelAgreement, points, trust, tsne } from '../index.js';
import { layoutContract } from '../layout.contract.js';
import { Lockstep } from '../lockstep.js';
import { cloud, labels } from '../reference.fixture.js';
import { affinities } from './affinities.js';
import { attraction } from './attraction.js';
import { ColumnFft, FFT_LENGTHS } from './column-fft.js';
import { gridMemory } from './grid-memory.js';
import { createRepulsion } from './layout.task.js';

/** Written by bench/reference/tsne.py. */
const theirs = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/tsne.json', import.meta.url), 'utf8'),
) as {
  perplexity: number;
  edges: number;
  joint: [number, number, number][];
  trustworthiness: number;
};
const graph = exactNeighbors(cloud, 90);

function alone(): Lockstep {
  return new Lockstep(
    { thread: 0, threads: 1, control: new Int32Array(new SharedArrayBuffer(16)), snapshotEvery: 0 },
    () => undefined,
  );
}

/** Σⱼ (yᵢ − yⱼ) / (1 + |yᵢ − yⱼ|²)² of every point and Z, by comparing all pairs. */
function exactRepulsion(y: Float64Array, dims: number): { forces: Float64Array; z: number } {
  const n = y.length / dims;
  const forces = new Float64Array(y.length);
  let z = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      let square = 0;
      for (let c = 0; c < dims; c++) square += (y[i * dims + c]! - y[j * dims + c]!) ** 2;
      const k = 1 / (1 + square);
      z += k;
      for (let c = 0; c < dims; c++) forces[i * dims + c]! += k * k * (y[i * dims + c]! - y[j * dims + c]!);
    }
  }
  return { forces, z };
}

describe('Fourier transform', () => {
  it.each(FFT_LENGTHS.filter((length) => length <= 512))(
    'of %i values is the sum that defines it, and back',
    (length) => {
      const random = seededRandom(length);
      const columns = 3;
      const fft = new ColumnFft(length, columns);
      const re = Float64Array.from({ length: length * columns }, () => random() - 0.5);
      const im = Float64Array.from(re, () => random() - 0.5);
      fft.re.set(re);
      fft.im.set(im);
      fft.forward();
      for (const [f, c] of [
        [0, 0],
        [1, 1],
        [length / 2, 2],
        [length - 1, 0],
        [Math.floor(length / 3), 1],
      ] as const) {
        let sumRe = 0;
        let sumIm = 0;
        for (let r = 0; r < length; r++) {
          const angle = (-2 * Math.PI * f * r) / length;
          const a = re[r * columns + c]!;
          const b = im[r * columns + c]!;
          sumRe += a * Math.cos(angle) - b * Math.sin(angle);
          sumIm += a * Math.sin(angle) + b * Math.cos(angle);
        }
        expect(fft.re[f * columns + c]).toBeCloseTo(sumRe, 9);
        expect(fft.im[f * columns + c]).toBeCloseTo(sumIm, 9);
      }
      fft.inverse();
      fft.re.forEach((value, e) => {
        expect(value / length).toBeCloseTo(re[e]!, 11);
      });
      fft.im.forEach((value, e) => {
        expect(value / length).toBeCloseTo(im[e]!, 11);
      });
    },
  );
});

describe('t-SNE affinities', () => {
  const p = affinities(exactNeighbors(cloud, 30), theirs.perplexity);
  it("are openTSNE's", () => {
    for (const [i, j, value] of theirs.joint) {
      // equal points, whose neighbours may be listed in any order
      if ([1, 7, 13].includes(i) || [1, 7, 13].includes(j)) continue;
      const at = p.indices.subarray(p.indptr[i], p.indptr[i + 1]).indexOf(j);
      expect(at, `edge ${i} – ${j}`).toBeGreaterThanOrEqual(0);
      expect(Math.abs(p.weights[p.indptr[i]! + at]! - value)).toBeLessThan(1e-8);
    }
    expect(p.weights.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  });
  it('of equal distances are equal', () => {
    const equal = exactNeighbors(points(new Float32Array(20), 2), 4);
    expect([...affinities(equal, 2).weights].every(Number.isFinite)).toBe(true);
  });
});

describe('t-SNE gradient', () => {
  it.each([
    ['the first steps', 2, 1e-3, 1e-3],
    ['early exaggeration', 2, 6, 2e-3],
    ['a map half grown', 2, 40, 0.015],
    ['a full map', 2, 110, 0.03],
    ['a wide map', 2, 700, 0.15],
    ['the first steps', 3, 1e-3, 0.01],
    ['a map in space', 3, 30, 0.01],
  ] as const)(
    'repulsion at the scale of %s in %i dimensions is that of all pairs',
    (_, dims, extent, tolerance) => {
      const random = seededRandom(11);
      const n = 1300;
      const grid = dims === 2 ? gridMemory(n) : { atPoints: new Float64Array(n) };
      // Groups of groups, as maps have them.
      const y = Float64Array.from(
        { length: n * dims },
        (_value, e) =>
          extent *
          (Math.sin(13 * (Math.floor(e / dims) % 12) + (e % dims)) * 0.4 + 0.1 * (random() + random() - 1)),
      );
      const own = new Float64Array(n * dims);
      const exact = exactRepulsion(y, dims);
      const z = createRepulsion({ dims, grid }, alone()).forces(y, own);
      const error = Math.sqrt(
        own.reduce((sum, value, e) => sum + (value - exact.forces[e]!) ** 2, 0) /
          exact.forces.reduce((sum, value) => sum + value ** 2, 0),
      );
      expect(error).toBeLessThan(tolerance);
      // Where points are this far from each other, Z is next to nothing and what the interpolation makes of a
      // point's own charge counts.
      if (extent < 200) expect(Math.abs(z / exact.z - 1)).toBeLessThan(tolerance);
    },
  );
  it.each([2, 3] as const)(
    'attraction minus repulsion in %i dimensions is a quarter of the derivative of the divergence',
    (dims) => {
      const random = seededRandom(3);
      const n = 60;
      const small = points(cloud.data.slice(0, n * cloud.d), cloud.d);
      const p = affinities(exactNeighbors(small, 30), 10);
      const y = Float64Array.from({ length: n * dims }, () => random() * 4);
      const divergence = (at: Float64Array): number => {
        const { z } = exactRepulsion(at, dims);
        let sum = 0;
        for (let i = 0; i < n; i++) {
          for (let e = p.indptr[i]!; e < p.indptr[i + 1]!; e++) {
            let square = 0;
            for (let c = 0; c < dims; c++) square += (at[i * dims + c]! - at[p.indices[e]! * dims + c]!) ** 2;
            sum += p.weights[e]! * Math.log(p.weights[e]! * (1 + square) * z);
          }
        }
        return sum;
      };
      const pull = new Float64Array(n * dims);
      const { forces, z } = exactRepulsion(y, dims);
      attraction(p, dims, y, pull, 0, n);
      for (let e = 0; e < n * dims; e += 7) {
        const [more, less] = [1e-4, -1e-4].map((by) =>
          divergence(y.map((value, at) => (at === e ? value + by : value))),
        );
        expect(4 * (pull[e]! - forces[e]! / z)).toBeCloseTo((more! - less!) / 2e-4, 5);
      }
    },
  );
});

describe('t-SNE', () => {
  it.each([2, 3] as const)(
    'parts six clusters and is as trustworthy as openTSNE, in %i dimensions',
    async (dims) => {
      const report = await trust(cloud, graph, await tsne(cloud, graph, { dims }));
      expect(report.trustworthiness).toBeGreaterThan(theirs.trustworthiness - 0.004);
      expect(labelAgreement(report.mapNeighbors, labels, 10)!.mean).toBeGreaterThan(0.9);
    },
  );
  it('from the map before moves its points little', async () => {
    const before = await tsne(cloud, graph);
    const random = seededRandom(8);
    const nudged = points(
      cloud.data.map((x) => x + (random() - 0.5) * 0.1),
      cloud.d,
    );
    const neighbors = exactNeighbors(nudged, 90);
    const warm = align(await tsne(nudged, neighbors, { init: before }), before, 2);
    expect(warm.relativeMovement).toBeLessThan(0.2);
  });
  it('refuses too low a perplexity by name', async () => {
    await expect(tsne(cloud, graph, { perplexity: 0 })).rejects.toThrow(/perplexity of 0 is too low/);
  });
  layoutContract(tsne, [
    [1300, 2],
    [1300, 3],
    [1100, 2],
  ]);
});
