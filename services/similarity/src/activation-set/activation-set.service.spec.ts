import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  activationSet,
  memoryBuilds,
  memoryGraphs,
  memoryIndexes,
  memoryKinds,
  memorySets,
} from '../../test/memory.js';
import type { ActivationSet } from './activation-set.js';
import { ActivationSetService } from './activation-set.service.js';
import { hasRow } from './row-mask.js';

const settings = { indexKind: 'exact', graphExactUpTo: 40_000 } as const;
const rows = (...of: number[]) => ({ rows: of, bitmap: new Uint8Array() });

let sets: ReturnType<typeof memorySets>;
let indexes: ReturnType<typeof memoryIndexes>;
let graphs: ReturnType<typeof memoryGraphs>;
let builds: ReturnType<typeof memoryBuilds>;
let service: ActivationSetService;

beforeEach(() => {
  [sets, indexes, graphs, builds] = [memorySets(), memoryIndexes(), memoryGraphs(), memoryBuilds()];
  service = new ActivationSetService(memoryWork, sets, indexes, graphs, builds, memoryKinds, settings);
});

describe('a set that becomes ready', () => {
  it('gets an index of the default kind and a graph of 24 neighbours, built by one job', async () => {
    const set = activationSet(33_000);
    await service.ready(set);
    const [index, graph] = [indexes.all()[0]!, graphs.all()[0]!];
    expect(index).toMatchObject({ kind: 'exact', params: {}, state: 'queued', jobId: 'job 1' });
    expect(graph).toMatchObject({ k: 24, method: 'exact', jobId: 'job 1' });
    expect(builds.jobs).toEqual([
      { activationSetId: set.id, indexId: index.id, neighborGraphId: graph.id, method: 'exact', shards: 3 },
    ]);
  });

  it('gets its graph by NN-descent in one shard above the number of exact comparisons', async () => {
    await service.ready(activationSet(40_001));
    expect(builds.jobs).toMatchObject([{ method: 'nn-descent', shards: 1 }]);
  });

  it('is stored without index and graph when it has one sample', async () => {
    const set = activationSet(1);
    await service.ready(set);
    expect(await sets.find(set.id)).toEqual(set);
    expect(builds.jobs).toEqual([]);
  });

  it('is indexed once, however often it is announced', async () => {
    const set = activationSet(10);
    await service.ready(set);
    await service.ready(set);
    expect(builds.jobs).toHaveLength(1);
  });
});

describe('a set of an epoch that was recorded again', () => {
  it('replaces the sets of its epoch and of later ones, and cancels their jobs', async () => {
    const run = activationSet(10);
    const { teamId, runId } = run;
    const of = (epoch: number, branch: number) =>
      activationSet(10, { teamId, runId, epoch, branch, branchStart: 2 * branch });
    const [second, third, again] = [of(2, 0), of(3, 0), of(2, 1)];
    for (const set of [run, second, third, again]) await service.ready(set);
    expect(await Promise.all([run, second, third, again].map(({ id }) => sets.find(id)))).toEqual([
      run,
      undefined,
      undefined,
      again,
    ]);
    expect(builds.cancelled).toEqual([`job of ${second.id}`, `job of ${third.id}`]);
    // An announcement that is late does not bring a replaced set back.
    await service.ready(third);
    expect(await sets.find(third.id)).toBeUndefined();
  });
});

describe('removal of samples', () => {
  let set: ActivationSet;
  beforeEach(async () => {
    set = activationSet(10);
    await service.ready(set);
    await indexes.complete(indexes.all()[0]!.id, { recall: 1, artifact: undefined, leftOut: undefined });
  });

  it('marks the rows, and counts the rows of earlier calls too', async () => {
    expect(await service.removeSamples(set.teamId, set.id, rows(3))).toBe(1);
    expect(await service.removeSamples(set.teamId, set.id, rows(3, 7))).toBe(2);
    const { removed } = (await sets.find(set.id))!;
    expect([2, 3, 7].map((row) => hasRow(removed, row))).toEqual([false, true, true]);
  });

  it('builds an index again once more than a fifth of it is removed, and not twice at a time', async () => {
    await service.removeSamples(set.teamId, set.id, rows(0, 1));
    expect(builds.jobs).toHaveLength(1);
    await service.removeSamples(set.teamId, set.id, rows(2));
    expect(builds.jobs[1]).toEqual({
      activationSetId: set.id,
      indexId: indexes.all()[0]!.id,
      neighborGraphId: '',
      shards: 1,
    });
    expect(indexes.all()[0]!.compactionJobId).toBe('job 2');
    await service.removeSamples(set.teamId, set.id, rows(4, 5, 6));
    expect(builds.jobs).toHaveLength(2);
  });

  it('leaves an index alone of which fewer than two rows would be left', async () => {
    await service.removeSamples(set.teamId, set.id, rows(0, 1, 2, 3, 4, 5, 6, 7, 8));
    expect(builds.jobs).toHaveLength(1);
  });

  it('is refused for an unknown set and for a row beyond the population', async () => {
    for (const id of ['no id', activationSet(1).id])
      await expect(service.removeSamples(set.teamId, id, rows(0))).rejects.toMatchObject({
        reason: 'ACTIVATION_SET_NOT_FOUND',
      });
    await expect(service.removeSamples(set.teamId, set.id, rows(10))).rejects.toMatchObject({
      reason: 'ROW_INVALID',
    });
  });
});
