import { seededRandom } from '@noema/kernel';
import { exactNeighbors, points } from '@noema/manifold';
import { expect, it } from 'vitest';
import { USUAL_MEASURES } from '../exploration/exploration.js';
import { computeMap, type MapInput } from '../map/map.js';
import { MapThread } from './map.thread.js';

const random = seededRandom(9);
const cloud = points(
  Float32Array.from(
    { length: 2_200 * 12 },
    (_, e) => random() + (e % 12 === Math.floor(e / 12) % 4 ? 50 : 0),
  ),
  12,
);
const neighbors = exactNeighbors(cloud, 24);

it('a map made in its own thread is the one that is made here', async () => {
  const input: MapInput = {
    vectors: cloud,
    neighbors,
    algorithm: 'umap',
    params: { epochs: 20 },
    dimensions: 2,
    seed: 3,
    init: undefined,
    anchors: undefined,
    clusterCount: 4,
    clusterMethod: 'k-means',
    minClusterSize: 0,
    measures: USUAL_MEASURES,
    classes: Int32Array.from({ length: cloud.n }, (_, i) => i % 4),
    classCount: 4,
    losses: undefined,
    threads: 2,
  };
  const seen: (string | undefined)[] = [];
  const there = await new MapThread().make(input, {
    signal: new AbortController().signal,
    progress: (_d, _t, _unit, message) => {
      seen.push(message);
    },
  });
  const here = await computeMap({ ...input, threads: 1 });
  expect(there.coordinates).toEqual(here.coordinates);
  expect(there.assignment).toEqual(here.assignment);
  expect(there.trust).toEqual(here.trust);
  expect(seen).toContain('umap layout');
});

it('an error inside the thread comes out as itself', async () => {
  const input = {
    vectors: cloud,
    neighbors,
    algorithm: 'umap',
    params: { n_neighbors: 1 },
    dimensions: 2,
    seed: 3,
    init: undefined,
    anchors: undefined,
    clusterCount: 4,
    clusterMethod: 'k-means',
    minClusterSize: 0,
    measures: USUAL_MEASURES,
    classes: new Int32Array(cloud.n),
    classCount: 1,
    losses: undefined,
    threads: 1,
  } as const;
  await expect(
    new MapThread().make(input, { signal: new AbortController().signal, progress: () => undefined }),
  ).rejects.toMatchObject({ kind: 'invalid', reason: 'PARAMETER_OUT_OF_RANGE' });
});

it('the thread makes the next map after one that failed and one that was cancelled', async () => {
  const input: MapInput = {
    vectors: cloud,
    neighbors,
    algorithm: 'umap',
    params: { epochs: 20 },
    dimensions: 2,
    seed: 3,
    init: undefined,
    anchors: undefined,
    clusterCount: 4,
    clusterMethod: 'k-means',
    minClusterSize: 0,
    measures: USUAL_MEASURES,
    classes: new Int32Array(cloud.n),
    classCount: 1,
    losses: undefined,
    threads: 2,
  };
  const thread = new MapThread();
  const stop = new AbortController();
  const signal = new AbortController().signal;
  await expect(
    thread.make({ ...input, params: { n_neighbors: 1 } }, { signal, progress: () => undefined }),
  ).rejects.toMatchObject({ reason: 'PARAMETER_OUT_OF_RANGE' });
  await expect(
    thread.make(
      { ...input, params: { epochs: 10_000 } },
      {
        signal: stop.signal,
        progress: (done) => {
          if (done > 2) stop.abort();
        },
      },
    ),
  ).rejects.toMatchObject({ name: 'AbortError' });
  const [first, second] = [
    await thread.make(input, { signal, progress: () => undefined }),
    await computeMap({ ...input, threads: 1 }),
  ];
  expect(first.coordinates).toEqual(second.coordinates);
});
