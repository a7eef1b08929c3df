import { Engine } from '@noema/engine';
import { seededRandom } from '@noema/kernel';
import { exactNeighbors, pcaMap, points, trust } from '@noema/manifold';
import { afterAll, expect, it } from 'vitest';
import { makeMap, type MapInput } from '../domain/map.maker.js';
import { EngineDistances } from './engine.distances.js';
import { WorkerMapThread } from './worker.map-thread.js';

const engine = Engine.start({ threads: 2 });
afterAll(() => engine.close());

const random = seededRandom(9);
const cloud = points(Float32Array.from({ length: 2_200 * 12 }, (_, e) => random() + (e % 12 === Math.floor(e / 12) % 4 ? 50 : 0)), 12);
const neighbors = exactNeighbors(cloud, 24);

it('gives the very trust numbers of distances in float64: what float32 leaves undecided is compared again', async () => {
  const { coordinates } = pcaMap(cloud, 2);
  const [ours, oracle] = [await trust(cloud, neighbors, coordinates, { distances: new EngineDistances(engine, cloud) }), await trust(cloud, neighbors, coordinates)];
  expect(ours).toEqual(oracle);
});

it('keeps its errors below the bound that it states', async () => {
  const distances = new EngineDistances(engine, cloud), queries = Int32Array.of(0, 7, 2_199), { n, d, data } = cloud;
  const values = await distances.of(queries);
  queries.forEach((query, b) => {
    const halves = Float64Array.from({ length: n }, (_, j) => {
      let sum = 0;
      for (let c = 0; c < d; c++) sum += (data[query * d + c]! - data[j * d + c]!) ** 2;
      return sum / 2;
    });
    const constant = values[b * n + query]!;
    halves.forEach((half, j) => { expect(Math.abs(values[b * n + j]! - constant - half)).toBeLessThan(2 * distances.error(query, Math.sqrt(2 * half))); });
  });
});

it('a map made in its own thread, with the engine, has the coordinates of one made here without it', async () => {
  const input: MapInput = {
    vectors: cloud, neighbors, algorithm: 'umap', params: { epochs: 20 }, dimensions: 2, seed: 3, init: undefined, anchors: undefined, clusterCount: 4, clusterMethod: 'k-means', minClusterSize: 0,
    classes: Int32Array.from({ length: cloud.n }, (_, i) => i % 4), classCount: 4, losses: undefined, threads: 2,
  };
  const seen: (string | undefined)[] = [];
  const there = await new WorkerMapThread().make(input, { signal: new AbortController().signal, progress: (_d, _t, _unit, message) => { seen.push(message); } });
  const here = await makeMap({ ...input, threads: 1 });
  expect(there.coordinates).toEqual(here.coordinates);
  expect(there.assignment).toEqual(here.assignment);
  expect(there.trust).toEqual(here.trust);
  expect(seen).toContain('umap layout');
});

it('an error inside the thread comes out as itself', async () => {
  const input = { vectors: cloud, neighbors, algorithm: 'umap', params: { n_neighbors: 1 }, dimensions: 2, seed: 3, init: undefined, anchors: undefined, clusterCount: 4, clusterMethod: 'k-means', minClusterSize: 0, classes: new Int32Array(cloud.n), classCount: 1, losses: undefined, threads: 1 } as const;
  await expect(new WorkerMapThread().make(input, { signal: new AbortController().signal, progress: () => undefined })).rejects.toMatchObject({ kind: 'invalid', reason: 'PARAMETER_OUT_OF_RANGE' });
});
