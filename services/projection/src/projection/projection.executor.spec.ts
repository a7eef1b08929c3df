import { memoryWork } from '@noema/testing';
import { uuidv7 } from '@noema/kernel';
import { beforeEach, expect, it } from 'vitest';
import {
  artifact,
  memoryExplorations,
  memoryMatrices,
  neighborGraph,
  storeExploration,
} from '../../test/memory.js';
import type { Exploration, PlacedSamples, TrustNumbers } from '../exploration/exploration.js';
import { ProjectionExecutor } from './projection.executor.js';
import type { ProjectionInput } from './projection.js';

const graph = neighborGraph({ sampleCount: 2 });
const MAP = {
  dimensions: 2,
  coordinates: Float32Array.of(0, 0, 1, 1),
  assignment: Int32Array.of(0, 1),
  trustOfPoints: Float32Array.of(1, 0.5),
  classes: Int32Array.of(1, 0),
} as const;
const NUMBERS = {
  k: 15,
  knnOverlap: 0.5,
  labelAgreementMap: 0.75,
  labelAgreementVectors: 0.75,
  labelNeighbors: 10,
  distanceRatio: 1.25,
};
const TRUST = { k: 15, trustworthiness: 0.9 } as TrustNumbers;

let explorations: ReturnType<typeof memoryExplorations>;
let matrices: ReturnType<typeof memoryMatrices>;
let placed: ProjectionInput | undefined;
let vectors = [artifact('other vectors')];
let stop: AbortController;
let executor: ProjectionExecutor;

beforeEach(() => {
  [explorations, matrices] = [memoryExplorations(), memoryMatrices({ points: MAP })];
  [placed, vectors, stop] = [undefined, [artifact('other vectors')], new AbortController()];
  executor = new ProjectionExecutor(
    memoryWork,
    explorations,
    matrices,
    { read: () => Promise.resolve({ classNames: ['dog', 'owl'], classes: Int32Array.of(1, 0, -1) }) },
    {
      getSet: () =>
        Promise.resolve({
          referenceSetId: graph.activationSetId,
          datasetVersionId: uuidv7(),
          sampleCount: 3,
          vectors,
        }),
    },
    {
      place: (input) => {
        placed = input;
        return Promise.resolve({
          coordinates: Float32Array.of(2, 2, 3, 3, 4, 4),
          assignment: Int32Array.of(1, 1, 0),
          trustOfPoints: Float32Array.of(0.25, 0.5, 1),
          numbers: NUMBERS,
        });
      },
    },
    { mapThreads: 2 },
  );
});

async function projection(onto: Partial<Exploration> = {}): Promise<Exploration> {
  const map = await storeExploration(explorations, graph, {
    trust: TRUST,
    classNames: ['cat', 'dog'],
    ...onto,
  });
  const other: PlacedSamples = {
    activationSetId: uuidv7(),
    datasetVersionId: uuidv7(),
    firstRow: 2,
    sampleCount: 3,
    ...{ k: 0, knnOverlap: 0, labelAgreementMap: undefined, labelAgreementVectors: undefined },
    ...{ labelNeighbors: 0, distanceRatio: 0 },
  };
  return storeExploration(explorations, graph, {
    state: 'running',
    points: undefined,
    projectedOnto: map.id,
    placed: other,
  });
}
const make = async (exploration: Exploration): Promise<() => Promise<void>> =>
  executor.make(graph.teamId, exploration, graph, { signal: stop.signal, progress: () => undefined });

it('stores the points of the map, and the placed ones behind them', async () => {
  await make(await projection());
  expect(matrices.stored).toEqual([
    {
      dimensions: 2,
      coordinates: Float32Array.of(0, 0, 1, 1, 2, 2, 3, 3, 4, 4),
      assignment: Int32Array.of(0, 1, 1, 1, 0),
      trustOfPoints: Float32Array.of(1, 0.5, 0.25, 0.5, 1),
      classes: Int32Array.of(1, 0, 2, 1, -1),
    },
  ]);
});

it('places by the algorithm, settings and seed of the map', async () => {
  await make(await projection({ algorithm: 'pca', params: { whiten: 1 }, seed: 5 }));
  expect(placed).toMatchObject({ algorithm: 'pca', params: { whiten: 1 }, seed: 5, threads: 2 });
});

it('numbers classes as the map does; classes of the other data alone come behind', async () => {
  const exploration = await projection();
  const complete = await make(exploration);
  expect(placed!.freshClasses).toEqual(Int32Array.of(2, 1, -1));
  await complete();
  expect((await explorations.find(exploration.id))!.classNames).toEqual(['cat', 'dog', 'owl']);
});

it('completes the exploration only when the caller commits, with the trust of the map', async () => {
  const exploration = await projection();
  const complete = await make(exploration);
  expect(await explorations.find(exploration.id)).toMatchObject({ state: 'running' });
  await complete();
  expect(await explorations.find(exploration.id)).toMatchObject({
    state: 'succeeded',
    trust: TRUST,
    points: artifact('made points'),
    placed: { firstRow: 2, sampleCount: 3, ...NUMBERS },
  });
});

it('refuses a map that has no points yet, and other data without vectors', async () => {
  await expect(make(await projection({ points: undefined, state: 'running' }))).rejects.toMatchObject({
    reason: 'EXPLORATION_NOT_READY',
  });
  vectors = [];
  await expect(make(await projection())).rejects.toMatchObject({ reason: 'SET_NOT_PROJECTED' });
  expect(placed).toBeUndefined();
});

it('stores nothing once it is cancelled', async () => {
  const exploration = await projection();
  stop.abort(new Error('cancelled'));
  await expect(make(exploration)).rejects.toThrow('cancelled');
  expect(matrices.stored).toEqual([]);
});
