import { uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, expect, it } from 'vitest';
import {
  artifact,
  memoryExplorations,
  memoryGraphs,
  memoryMatrices,
  neighborGraph,
  storeExploration,
} from '../../test/memory.js';
import type { Exploration, TrustNumbers } from '../exploration/exploration.js';
import { MapExecutor } from './map.executor.js';
import type { MapInput } from './map.js';

const graph = neighborGraph({ sampleCount: 3, evaluation: artifact('evaluation') });
const EARLIER = {
  dimensions: 2,
  coordinates: Float32Array.of(9, 9, 8, 8, 7, 7),
  assignment: Int32Array.of(0, 0, 0),
  trustOfPoints: Float32Array.of(1, 1, 1),
  classes: Int32Array.of(0, 0, 0),
} as const;
const MADE = {
  dimensions: 2,
  coordinates: Float32Array.of(0, 0, 1, 1, 2, 2),
  assignment: Int32Array.of(0, 1, -1),
  trustOfPoints: Float32Array.of(1, 0.5, 0.25),
  trust: { k: 15, trustworthiness: 0.9 } as TrustNumbers,
  clusters: [],
  clustering: {
    clusterCount: 2,
    starts: 1,
    minClusterSize: 0,
    minSamples: 0,
    inertia: 1,
    silhouette: 0.5,
    silhouetteSamples: 3,
  },
  noiseCount: 1,
  classNeighbors: [],
  meanMovement: 0.125,
} as const;

let explorations: ReturnType<typeof memoryExplorations>;
let matrices: ReturnType<typeof memoryMatrices>;
let input: MapInput | undefined;
let ready: string[];
let common: number[];
let stop: AbortController;
let executor: MapExecutor;

beforeEach(() => {
  [explorations, matrices] = [memoryExplorations(), memoryMatrices({ points: EARLIER })];
  [input, ready, common, stop] = [undefined, [], [0, 2], new AbortController()];
  executor = new MapExecutor(
    memoryWork,
    memoryGraphs(graph),
    explorations,
    matrices,
    { read: () => Promise.resolve({ classNames: ['cat', 'dog'], classes: Int32Array.of(0, 1, -1) }) },
    {
      match: () =>
        Promise.resolve({ rows: Int32Array.from(common), others: Int32Array.from(common, (_, at) => at) }),
    },
    { readSeed: () => Promise.resolve(11) },
    {
      make: (given, { show }) => {
        input = given;
        show?.(Float32Array.of(5, 5, 5, 5, 5, 5));
        return Promise.resolve(MADE);
      },
    },
    { ready: ({ id }) => Promise.resolve(void ready.push(id)) },
    { make: () => Promise.resolve(() => Promise.resolve(void ready.push('placed'))) },
    { mapThreads: 0 },
  );
});

const queued = (over: Partial<Exploration> = {}): Promise<Exploration> =>
  storeExploration(explorations, graph, { state: 'running', points: undefined, ...over });
const make = (id: string): Promise<() => Promise<void>> =>
  executor.make(graph.teamId, id, { signal: stop.signal, progress: () => undefined });

it('makes the map from the stored matrices, by the settings of the exploration', async () => {
  const { id } = await queued({ algorithm: 'tsne', params: { perplexity: 5 }, clusterCount: 4 });
  await make(id);
  expect(input).toMatchObject({
    algorithm: 'tsne',
    params: { perplexity: 5 },
    clusterCount: 4,
    classCount: 2,
    classes: Int32Array.of(0, 1, -1),
    losses: Float32Array.of(0.5, 0.5, 0.5),
    seed: 1,
    init: undefined,
    anchors: undefined,
    threads: undefined,
  });
  expect(matrices.stored).toMatchObject([{ assignment: MADE.assignment, classes: Int32Array.of(0, 1, -1) }]);
});

it('takes the seed of the run where the exploration names no seed', async () => {
  await make((await queued({ seed: undefined })).id);
  expect(input!.seed).toBe(11);
});

it('shows the layout so far, and completes and announces the map only when the caller commits', async () => {
  const { id } = await queued();
  const complete = await make(id);
  expect(await explorations.find(id)).toMatchObject({ state: 'running', preview: artifact('preview') });
  expect(ready).toEqual([]);
  await complete();
  expect(await explorations.find(id)).toMatchObject({
    state: 'succeeded',
    points: artifact('made points'),
    classNames: ['cat', 'dog'],
    noiseCount: 1,
    meanMovement: 0.125,
  });
  expect(ready).toEqual([id]);
});

it('starts from the map that it is aligned to, point by point for the same samples', async () => {
  const earlier = await storeExploration(explorations, graph);
  await make((await queued({ alignedTo: earlier.id })).id);
  expect(input).toMatchObject({ init: EARLIER.coordinates, anchors: undefined });
});

it('starts from the common samples of a map of another dataset version', async () => {
  const earlier = await storeExploration(explorations, graph, { datasetVersionId: uuidv7(), pointCount: 9 });
  const { id } = await queued({ alignedTo: earlier.id });
  await make(id);
  expect(input!.anchors).toEqual({ rows: Int32Array.of(0, 2), others: Int32Array.of(0, 1) });
  common = [];
  await expect(make(id)).rejects.toMatchObject({ reason: 'NOT_ALIGNABLE' });
});

it('refuses a map of the same data with another number of points', async () => {
  const earlier = await storeExploration(explorations, graph, { pointCount: 2 });
  await expect(make((await queued({ alignedTo: earlier.id })).id)).rejects.toMatchObject({
    reason: 'NOT_ALIGNABLE',
  });
});

it('refuses an exploration or a graph that was deleted', async () => {
  await expect(make(uuidv7())).rejects.toMatchObject({ kind: 'not-found', reason: 'EXPLORATION_NOT_FOUND' });
  const { id } = await queued({ neighborGraphId: uuidv7() });
  await expect(make(id)).rejects.toMatchObject({ kind: 'not-found' });
});

it('leaves other data in a stored map to their executor', async () => {
  const { id } = await queued({ placed: {} as NonNullable<Exploration['placed']> });
  await (await make(id))();
  expect(ready).toEqual(['placed']);
  expect(input).toBeUndefined();
});

it('stores no points once it is cancelled', async () => {
  const { id } = await queued();
  stop.abort(new Error('cancelled'));
  await expect(make(id)).rejects.toThrow('cancelled');
  expect(matrices.stored).toEqual([]);
});
