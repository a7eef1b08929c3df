import { uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  memoryExplorations,
  memoryGraphs,
  memoryMaps,
  neighborGraph,
  storeExploration,
} from '../../test/memory.js';
import type { Exploration } from './exploration.js';
import { type ExplorationRequest, ExplorationService } from './exploration.service.js';

const graph = neighborGraph();
const { teamId } = graph;
let explorations: ReturnType<typeof memoryExplorations>;
let maps: ReturnType<typeof memoryMaps>;
let ended: { readonly exploration: Exploration; readonly made: Exploration | undefined }[];
let service: ExplorationService;

const request = (over: Partial<ExplorationRequest> = {}): ExplorationRequest => ({
  projectId: graph.projectId,
  activationSetId: graph.activationSetId,
  algorithm: 'umap',
  params: {},
  dimensions: 0,
  seed: 7,
  alignedTo: '',
  clusterCount: 0,
  clusterMethod: 'k-means',
  minClusterSize: 0,
  minSamples: 0,
  clusterStarts: 0,
  trustNeighbors: 0,
  labelNeighbors: 0,
  ...over,
});

beforeEach(() => {
  [explorations, maps, ended] = [memoryExplorations(), memoryMaps(), []];
  service = new ExplorationService(memoryWork, memoryGraphs(graph), explorations, maps, {
    ended: (_teamId, exploration, made) => Promise.resolve(void ended.push({ exploration, made })),
  });
});

describe('a requested exploration', () => {
  it('has two dimensions and the given parameters, and is made by a job of its own', async () => {
    const exploration = await service.create(teamId, request({ params: { n_neighbors: 30 } }));
    expect(exploration).toMatchObject({
      state: 'queued',
      jobId: 'job 1',
      automatic: false,
      dimensions: 2,
      seed: 7,
      params: { n_neighbors: 30 },
      neighborGraphId: graph.id,
      pointCount: 100,
    });
    expect(maps.queued).toEqual([exploration.id]);
  });

  it.each([
    ['a set without a graph', { activationSetId: uuidv7() }, 'ACTIVATION_SET_NOT_FOUND'],
    ['a set whose id is no uuid', { activationSetId: 'set' }, 'ACTIVATION_SET_NOT_FOUND'],
    ['a set of another project', { projectId: uuidv7() }, 'ACTIVATION_SET_NOT_FOUND'],
    ['an unknown algorithm', { algorithm: 'isomap' }, 'PROJECTION_ALGORITHM_UNKNOWN'],
    ['a parameter that is a list', { params: { n_neighbors: [1] } }, 'PARAMETER_NOT_PLAIN'],
    ['a parameter out of range', { params: { n_neighbors: 1 } }, 'PARAMETER_OUT_OF_RANGE'],
    ['more neighbours than samples', { params: { n_neighbors: 101 } }, 'K_TOO_LARGE'],
    ['four dimensions', { dimensions: 4 }, 'DIMENSIONS_INVALID'],
    ['an unknown way to find clusters', { clusterMethod: 'dbscan' }, 'CLUSTER_METHOD_UNKNOWN'],
    ['more clusters than samples', { clusterCount: 101 }, 'CLUSTER_COUNT_INVALID'],
    ['clusters of one sample', { minClusterSize: 1 }, 'CLUSTER_SIZE_INVALID'],
    ['more than 1,000 starts', { clusterStarts: 1_001 }, 'MEASURE_INVALID'],
    ['trust over all samples', { trustNeighbors: 100 }, 'MEASURE_INVALID'],
    ['labels of more neighbours than trust has', { labelNeighbors: 16 }, 'MEASURE_INVALID'],
    ['a start from an unknown map', { alignedTo: uuidv7() }, 'EXPLORATION_NOT_FOUND'],
  ] as const)('is rejected for %s', async (_name, over, reason) => {
    await expect(service.create(teamId, request(over))).rejects.toMatchObject({ reason });
    expect(maps.queued).toEqual([]);
  });

  it('starts from another made map of the project', async () => {
    const other = await storeExploration(explorations, graph);
    const { alignedTo } = await service.create(teamId, request({ alignedTo: other.id }));
    expect(alignedTo).toBe(other.id);
  });

  it.each([
    ['is not made', { state: 'running' }, 'EXPLORATION_NOT_READY'],
    ['has three dimensions', { dimensions: 3 }, 'NOT_ALIGNABLE'],
    ['shows other data in a map', { projectedOnto: 'map' }, 'NOT_ALIGNABLE'],
    ['is of another project', { projectId: 'other' }, 'EXPLORATION_NOT_FOUND'],
  ] as const)('does not start from a map that %s', async (_name, over, reason) => {
    const other = await storeExploration(explorations, graph, over);
    await expect(service.create(teamId, request({ alignedTo: other.id }))).rejects.toMatchObject({ reason });
  });
});

describe('a stored exploration', () => {
  it('is returned with its graph once it is made', async () => {
    const { id } = await storeExploration(explorations, graph);
    expect(await service.getReady(teamId, id)).toMatchObject({
      exploration: { id },
      graph: { id: graph.id },
    });
    explorations.setState(id, 'running');
    await expect(service.getReady(teamId, id)).rejects.toMatchObject({ reason: 'EXPLORATION_NOT_READY' });
  });

  it('is not found under an id that none has, nor under a text that is no uuid', async () => {
    for (const id of [uuidv7(), 'none'])
      await expect(service.get(teamId, id)).rejects.toMatchObject({ reason: 'EXPLORATION_NOT_FOUND' });
  });

  it('is deleted with the job that makes it', async () => {
    const { id } = await service.create(teamId, request());
    await service.delete(teamId, id);
    expect(maps.cancelled).toEqual(['job 1']);
    expect(ended).toEqual([]);
    await expect(service.delete(teamId, id)).rejects.toMatchObject({ reason: 'EXPLORATION_NOT_FOUND' });
  });

  it('lets the map after it begin without it when it was made after an epoch', async () => {
    const exploration = await storeExploration(explorations, graph, { automatic: true, jobId: undefined });
    await service.delete(teamId, exploration.id);
    expect(ended).toEqual([{ exploration, made: undefined }]);
    expect(maps.cancelled).toEqual([]);
  });
});
