import { DomainError, uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  artifact,
  memoryExplorations,
  memoryMaps,
  neighborGraph,
  storeExploration,
} from '../../test/memory.js';
import type { Exploration } from '../exploration/exploration.js';
import type { ReferenceSet } from '../peers/activations.client.js';
import { ProjectionService } from './projection.service.js';

const graph = neighborGraph();
const { teamId } = graph;
const setId = uuidv7();
let set: ReferenceSet;
let onto: Exploration;
let explorations: ReturnType<typeof memoryExplorations>;
let maps: ReturnType<typeof memoryMaps>;
let service: ProjectionService;

beforeEach(async () => {
  [explorations, maps] = [memoryExplorations(), memoryMaps()];
  onto = await storeExploration(explorations, graph);
  set = {
    referenceSetId: graph.activationSetId,
    datasetVersionId: uuidv7(),
    sampleCount: 40,
    vectors: [artifact('other vectors')],
  };
  service = new ProjectionService(
    memoryWork,
    explorations,
    { get: async (_teamId, id) => (await explorations.find(id))! },
    maps,
    {
      getSet: (_teamId, id) =>
        id === setId
          ? Promise.resolve(set)
          : Promise.reject(new DomainError('not-found', 'ACTIVATION_SET_NOT_FOUND', id)),
    },
  );
});
const project = async (): Promise<Exploration> =>
  service.start(teamId, await service.find(teamId, onto.id, setId));

describe('other data in a made map', () => {
  it('are an exploration like the map, with their points behind the points of the map', async () => {
    const projection = await project();
    expect(projection).toMatchObject({
      projectedOnto: onto.id,
      jobId: 'job 1',
      state: 'queued',
      automatic: false,
      algorithm: onto.algorithm,
      pointCount: 140,
      placed: {
        activationSetId: setId,
        datasetVersionId: set.datasetVersionId,
        firstRow: 100,
        sampleCount: 40,
      },
    });
    expect(maps.queued).toEqual([projection.id]);
  });

  it.each(['queued', 'running', 'succeeded'] as const)(
    'are placed once while their job is %s',
    async (state) => {
      const { id } = await project();
      explorations.setState(id, state);
      expect((await project()).id).toBe(id);
      expect(maps.queued).toHaveLength(1);
    },
  );

  it.each(['failed', 'cancelled'] as const)('are placed again after their job was %s', async (state) => {
    const { id } = await project();
    explorations.setState(id, state);
    expect((await project()).id).not.toBe(id);
  });
});

describe('other data are rejected', () => {
  const find = (id = setId) => service.find(teamId, onto.id, id);

  it('by a map that shows placed data already', async () => {
    explorations.change(onto.id, { projectedOnto: uuidv7() });
    await expect(find()).rejects.toMatchObject({ reason: 'EXPLORATION_PROJECTED' });
  });

  it('by a map that is not made', async () => {
    explorations.setState(onto.id, 'running');
    await expect(find()).rejects.toMatchObject({ reason: 'EXPLORATION_NOT_READY' });
  });

  it('when their set is in the basis of another set, or not ready', async () => {
    set = { ...set, referenceSetId: uuidv7() };
    await expect(find()).rejects.toMatchObject({ reason: 'SET_NOT_PROJECTED' });
    set = { ...set, referenceSetId: graph.activationSetId, vectors: [] };
    await expect(find()).rejects.toMatchObject({ reason: 'SET_NOT_PROJECTED' });
  });

  it('when their set does not exist', async () => {
    await expect(find('set')).rejects.toMatchObject({ reason: 'SET_NOT_PROJECTED' });
    await expect(find(uuidv7())).rejects.toMatchObject({ reason: 'ACTIVATION_SET_NOT_FOUND' });
  });
});
