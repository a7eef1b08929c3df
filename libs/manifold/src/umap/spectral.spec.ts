import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawn } from '../clusters.fixture.js';
import { exactNeighbors, parseParameters, points, projectionAlgorithms, trust, umap } from '../index.js';
import type { WeightedGraph } from '../joined-graph.js';
import { components, extractPart } from './components.js';
import { FIRST_PLACES, firstPlaces } from './first-places.js';
import { laplacianEigenvectors } from './spectral.js';

/**
 * A fuzzy graph of umap-learn and the eigenvectors of its normalised Laplacian by scipy, written by
 * bench/reference/spectral.py.
 */
const theirs = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/spectral.json', import.meta.url), 'utf8'),
) as { points: number[]; indptr: number[]; indices: number[]; weights: number[]; vectors: number[][] };
const graph: WeightedGraph = {
  n: 300,
  indptr: Int32Array.from(theirs.indptr),
  indices: Int32Array.from(theirs.indices),
  weights: Float32Array.from(theirs.weights),
};
const band = points(Float32Array.from(theirs.points), 3);

/** Two copies of the graph side by side. */
const twice: WeightedGraph = {
  n: 600,
  indptr: Int32Array.from([
    ...graph.indptr,
    ...graph.indptr.subarray(1).map((e) => e + graph.indices.length),
  ]),
  indices: Int32Array.from([...graph.indices, ...graph.indices.map((j) => j + 300)]),
  weights: Float32Array.from([...graph.weights, ...graph.weights]),
};

describe("the Laplacian's eigenvectors", () => {
  it("are scipy's, whatever the seed", () => {
    for (const seed of [1, 2]) {
      const own = laplacianEigenvectors(graph, 3, seed);
      theirs.vectors.forEach((vector, c) => {
        const most = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best));
        const sign = Math.sign(most);
        vector.forEach((value, i) => {
          expect(own[i * 3 + c]).toBeCloseTo(value * sign, 4);
        });
      });
    }
  });
  it('of graphs too small for them are zero', () => {
    const pair: WeightedGraph = {
      n: 2,
      indptr: Int32Array.of(0, 1, 2),
      indices: Int32Array.of(1, 0),
      weights: Float32Array.of(1, 1),
    };
    const [a, none, b, nor] = laplacianEigenvectors(pair, 2, 1);
    expect([none, nor]).toEqual([0, 0]);
    expect(a! + b!).toBeCloseTo(0, 9);
    expect(Math.abs(a!)).toBeCloseTo(Math.SQRT1_2, 9);
    expect(
      laplacianEigenvectors(
        { n: 1, indptr: Int32Array.of(0, 0), indices: new Int32Array(), weights: new Float32Array() },
        3,
        1,
      ),
    ).toEqual(new Float64Array(3));
  });
});

describe('first places', () => {
  it(
    'by eigenvectors are these, scaled to 10; of parts that no edge joins each has its own, around its ' +
      'principal coordinates',
    () => {
      expect(components(twice).map((rows) => [rows.length, rows[0]])).toEqual([
        [300, 0],
        [300, 300],
      ]);
      expect(extractPart(twice, components(twice)[1]!)).toEqual(graph);
      const one = firstPlaces('spectral', band, graph, 2, 7);
      const own = laplacianEigenvectors(graph, 2, 7);
      const most = own.reduce((best, value) => Math.max(best, Math.abs(value)), 0);
      one.forEach((value, e) => {
        expect(value).toBeCloseTo((own[e]! * 10) / most, 3);
      });
      const far = points(Float32Array.from([...band.data, ...band.data.map((value) => value + 50)]), 3);
      const both = firstPlaces('spectral', far, twice, 2, 7);
      const centre = (from: number): number =>
        both
          .subarray(2 * from, 2 * from + 600)
          .reduce((sum, value, e) => sum + (e % 2 === 0 ? value / 300 : 0), 0);
      const [left, right] = [centre(0), centre(300)];
      const widest = both
        .subarray(0, 600)
        .reduce((best, value, e) => (e % 2 === 0 ? Math.max(best, Math.abs(value - left)) : best), 0);
      expect(Math.abs(left - right)).toBeGreaterThan(widest);
    },
  );
  it(
    'of every kind give a map that is trustworthy, the same for any number of threads and another for ' +
      'another seed',
    async () => {
      const cloud = drawn(1_200, 8, 5);
      const neighbors = exactNeighbors(cloud, 15);
      for (const first of FIRST_PLACES) {
        const map = await umap(cloud, neighbors, { first, epochs: 200, threads: 2 });
        expect(await umap(cloud, neighbors, { first, epochs: 200, threads: 1 })).toEqual(map);
        expect(await umap(cloud, neighbors, { first, epochs: 200, seed: 1 })).not.toEqual(map);
        expect((await trust(cloud, neighbors, map)).trustworthiness).toBeGreaterThan(0.9);
      }
    },
  );
  it('are finite for planted cases, and refused by name when there is no such kind', async () => {
    for (const first of FIRST_PLACES) {
      for (const [n, k] of [
        [2, 1],
        [3, 2],
        [30, 14],
      ] as const) {
        const equal = points(new Float32Array(n * 4).fill(1), 4);
        for (const dims of [2, 3] as const)
          expect((await umap(equal, exactNeighbors(equal, k), { first, dims })).every(Number.isFinite)).toBe(
            true,
          );
      }
    }
    expect(() => parseParameters(projectionAlgorithms.get('umap'), { init: 'anywhere' })).toThrow(
      /init of umap is "anywhere"; it must be one of pca, spectral, random/,
    );
  });
});
