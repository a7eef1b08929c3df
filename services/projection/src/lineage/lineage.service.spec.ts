import type { Job } from '@noema/jobs';
import type { JobState } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  memoryExplorations,
  memoryGraphs,
  memoryLooks,
  memoryMaps,
  neighborGraph,
} from '../../test/memory.js';
import type { Exploration } from '../exploration/exploration.js';
import { MAP } from '../map/map.queue.js';
import type { SetOutlook } from '../peers/activations.client.js';
import { LOOK } from './lineage.queue.js';
import { LineageService } from './lineage.service.js';

let graphs: ReturnType<typeof memoryGraphs>;
let explorations: ReturnType<typeof memoryExplorations>;
let maps: ReturnType<typeof memoryMaps>;
let looks: ReturnType<typeof memoryLooks>;
let outlook: () => Promise<SetOutlook>;
let service: LineageService;

const first = neighborGraph();
const { teamId } = first;
const graphAt = (epoch: number) =>
  neighborGraph({ teamId, projectId: first.projectId, runId: first.runId, epoch });
const mapAt = async (epoch: number): Promise<Exploration> =>
  (await explorations.findAutomatic(first, epoch))!;
/** Ends the job of the map of an epoch as a worker would. */
async function end(epoch: number, state: JobState, kind: string = MAP): Promise<void> {
  const { id, jobId } = await mapAt(epoch);
  explorations.setState(id, state);
  await service.settled({ id: jobId, teamId, kind } as Job);
}

beforeEach(() => {
  [graphs, explorations] = [memoryGraphs(), memoryExplorations()];
  [maps, looks] = [memoryMaps(), memoryLooks()];
  outlook = () => Promise.resolve('coming');
  service = new LineageService(memoryWork, graphs, explorations, maps, looks, {
    setOutlook: () => outlook(),
  });
});

describe('a graph that becomes ready', () => {
  it('gets a UMAP map in two dimensions with k-means clusters and the seed of the run', async () => {
    await service.graphReady(first);
    expect(await graphs.find(first.id)).toEqual(first);
    expect(await mapAt(1)).toMatchObject({
      algorithm: 'umap',
      clusterMethod: 'k-means',
      dimensions: 2,
      seed: undefined,
      alignedTo: undefined,
      jobId: 'job 1',
    });
  });

  it('of an epoch that was recorded again replaces the graphs of its epoch and of later ones', async () => {
    const [second, third] = [graphAt(2), graphAt(3)];
    const again = { ...graphAt(2), branch: 1, branchStart: 2 };
    for (const graph of [first, second, third, again, third]) await service.graphReady(graph);
    expect(graphs.all().map(({ id }) => id)).toEqual([first.id, again.id]);
    expect(maps.cancelled).toEqual([`job of ${second.id}`, `job of ${third.id}`]);
  });

  it('gets one map, however often it is announced', async () => {
    await service.graphReady(first);
    await service.graphReady(first);
    expect(explorations.all()).toHaveLength(1);
    expect(maps.queued).toHaveLength(1);
  });

  it('has its map begin from the map of the epoch before when that one is made', async () => {
    await service.graphReady(first);
    await end(1, 'succeeded');
    await service.graphReady(graphAt(2));
    expect(await mapAt(2)).toMatchObject({ jobId: 'job 2', alignedTo: (await mapAt(1)).id });
  });

  it.each(['failed', 'cancelled'] as const)(
    'has its map begin without the map of the epoch before when that one is %s',
    async (state) => {
      await service.graphReady(first);
      explorations.setState((await mapAt(1)).id, state);
      await service.graphReady(graphAt(2));
      expect(await mapAt(2)).toMatchObject({ jobId: 'job 2', alignedTo: undefined });
    },
  );

  it('is looked after later when the epoch before has no map yet', async () => {
    await service.graphReady(graphAt(2));
    const { id, jobId } = await mapAt(2);
    expect(jobId).toBeUndefined();
    expect(looks.queued).toEqual([{ explorationId: id, tries: 0 }]);
  });
});

describe('the end of a map', () => {
  beforeEach(async () => {
    await service.graphReady(first);
    await service.graphReady(graphAt(2));
  });

  it('lets the map of the next epoch begin from it, and not earlier', async () => {
    expect(await mapAt(2)).toMatchObject({ jobId: undefined });
    await end(1, 'succeeded');
    expect(await mapAt(2)).toMatchObject({ jobId: 'job 2', alignedTo: (await mapAt(1)).id });
  });

  it('lets the map of the next epoch begin without it when it failed', async () => {
    await end(1, 'failed');
    expect(await mapAt(2)).toMatchObject({ jobId: 'job 2', alignedTo: undefined });
  });

  it('does not begin a map twice', async () => {
    await end(1, 'succeeded');
    await end(1, 'succeeded');
    expect(maps.queued).toHaveLength(2);
  });

  it('is the end of a job that makes maps', async () => {
    await end(1, 'succeeded', LOOK);
    expect(maps.queued).toHaveLength(1);
  });
});

describe('a look for a map that waits', () => {
  beforeEach(() => service.graphReady(graphAt(3)));
  const look = async (tries: number): Promise<void> => service.look(teamId, (await mapAt(3)).id, tries);

  it.each([
    ['coming', 24, 25],
    ['absent', 3, 4],
  ] as const)('is repeated while the set before is %s, %d times', async (state, before, last) => {
    outlook = () => Promise.resolve(state);
    await look(before);
    expect(looks.queued.at(-1)).toMatchObject({ tries: before + 1 });
    expect(maps.queued).toEqual([]);
    await look(last);
    expect(maps.queued).toEqual([(await mapAt(3)).id]);
  });

  it.each(['failed', 'skipped'] as const)(
    'begins the map at once when the set before is %s',
    async (state) => {
      outlook = () => Promise.resolve(state);
      await look(0);
      expect(await mapAt(3)).toMatchObject({ jobId: 'job 1', alignedTo: undefined });
    },
  );

  it('is repeated when the activations service is unavailable', async () => {
    outlook = () => Promise.reject(new Error('unavailable'));
    await look(10);
    expect(looks.queued.at(-1)).toMatchObject({ tries: 11 });
  });

  it('leaves the map to the end of the one before it once that is known', async () => {
    await service.graphReady(graphAt(2));
    outlook = () => Promise.resolve('failed');
    await look(0);
    expect(maps.queued).toEqual([]);
  });

  it('begins the map from the one before it when that ended meanwhile', async () => {
    await service.graphReady(graphAt(2));
    explorations.setState((await mapAt(2)).id, 'succeeded');
    await look(0);
    expect(await mapAt(3)).toMatchObject({ jobId: 'job 1', alignedTo: (await mapAt(2)).id });
  });

  it('does nothing for a map that began or was deleted', async () => {
    const { id } = await mapAt(3);
    await explorations.begin(id, 'job 9', undefined);
    await service.look(teamId, id, 25);
    await explorations.delete(id);
    await service.look(teamId, id, 25);
    expect(maps.queued).toEqual([]);
  });
});
