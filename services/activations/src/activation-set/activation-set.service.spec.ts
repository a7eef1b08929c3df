import { uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { artifact, epochOfRun, memorySets, memorySpaces, shards } from '../../test/memory.js';
import { ActivationSetService } from './activation-set.service.js';

const TEAM = 'team';
const query = { pageSize: 0, pageToken: '', filter: '', orderBy: '' };
const epoch = epochOfRun({ evaluation: artifact('evaluation') });

let sets: ReturnType<typeof memorySets>;
let spaces: ReturnType<typeof memorySpaces>;
let sampleCount: number;
let service: ActivationSetService;
let cancelled: string[];

beforeEach(() => {
  [sets, spaces, sampleCount] = [memorySets(), memorySpaces(), 100];
  let jobs = 0;
  cancelled = [];
  service = new ActivationSetService(
    memoryWork,
    sets,
    { of: () => Promise.resolve([...shards]) },
    spaces.service,
    {
      queue: () => Promise.resolve(`job ${++jobs}`),
      cancel: (_team, jobIds) => Promise.resolve(void cancelled.push(...jobIds)),
    },
    { get: () => Promise.resolve(epoch) },
    {
      version: (_team, id) =>
        Promise.resolve({
          id,
          projectId: epoch.projectId,
          isReady: true,
          sampleCount,
          shardSize: 50,
          classNames: [],
          splits: [],
          inputs: [],
          groundTruths: [],
          samples: undefined,
        }),
    },
  );
});

const finish = async () => {
  const { id } = await service.start(TEAM, epoch);
  await sets.finish(id, { unitStatistics: artifact('units'), basis: artifact('basis') }, new Date());
  return id;
};

describe('epochs that a client records again', () => {
  const at = (number: number, branch: number) => ({
    ...epoch,
    epoch: number,
    branch,
    branchStart: 2 * branch,
  });
  const follow = (number: number, branch: number, withoutResponses = false): Promise<void> =>
    service.follow(TEAM, at(number, branch), { withoutResponses });
  const list = () => sets.all().map((set) => `${set.epoch} of branch ${set.branch ?? 0}`);

  it('replace their sets and the sets of later epochs, and cancel the jobs', async () => {
    for (const number of [1, 2, 3]) await follow(number, 0);
    const before = sets.all().map(({ id }) => id);
    await follow(2, 1);
    expect(list()).toEqual(['1 of branch 0', '2 of branch 1']);
    expect(before).not.toContain(sets.all().at(-1)!.id);
    expect(cancelled).toEqual(['job 2', 'job 3']);
    // Announced twice, and an old epoch that is announced late.
    await follow(2, 1);
    await follow(3, 0);
    expect(list()).toEqual(['1 of branch 0', '2 of branch 1']);
  });

  it('take the sets of old epochs along where they have no responses themselves', async () => {
    for (const number of [1, 2, 3]) await follow(number, 0);
    await follow(2, 1, true);
    expect(list()).toEqual(['1 of branch 0']);
  });
});

describe('the set of an epoch', () => {
  it('is of the space `all` when none is named, and queued', async () => {
    const { perceptionSpaceId, ...set } = await service.start(TEAM, epoch);
    expect(set).toMatchObject({ ...epoch, state: 'queued', jobId: 'job 1' });
    expect(spaces.all().find(({ id }) => id === perceptionSpaceId)?.name).toBe('all');
  });

  it('is the same one for the same space by name or id, another one in another space', async () => {
    const { id, perceptionSpaceId } = await service.start(TEAM, epoch);
    expect((await service.start(TEAM, epoch, perceptionSpaceId)).id).toBe(id);
    expect((await service.start(TEAM, epoch, 'concept')).id).not.toBe(id);
  });

  it('is refused in an unknown space, and for a run of another project', async () => {
    await expect(service.start(TEAM, epoch, 'mine')).rejects.toMatchObject({
      reason: 'PERCEPTION_SPACE_NOT_FOUND',
    });
    await expect(service.getEpoch(TEAM, uuidv7(), epoch.runId, 1)).rejects.toMatchObject({
      reason: 'RUN_NOT_FOUND',
    });
  });

  it('is not ready before its statistics are there', async () => {
    const { id } = await service.start(TEAM, epoch);
    await expect(service.getReady(TEAM, id)).rejects.toMatchObject({ reason: 'ACTIVATION_SET_NOT_READY' });
    await finish();
    expect((await service.getReady(TEAM, id)).state).toBe('succeeded');
  });

  it('is deleted once its job has ended', async () => {
    const { id } = await service.start(TEAM, epoch);
    await expect(service.delete(TEAM, id)).rejects.toMatchObject({ reason: 'ACTIVATION_SET_BUSY' });
    sets.setState(id, 'cancelled');
    await service.delete(TEAM, id);
    expect(sets.all()).toEqual([]);
  });

  it.each([uuidv7(), 'no id'])('does not exist under the id %s', async (id) => {
    const missing = { kind: 'not-found', reason: 'ACTIVATION_SET_NOT_FOUND' };
    await expect(service.get(TEAM, id)).rejects.toMatchObject(missing);
    await expect(service.listShards(TEAM, id)).rejects.toMatchObject(missing);
  });

  it('is listed, but not for a project, run or reference that is no id', async () => {
    const { projectId } = await service.start(TEAM, epoch);
    expect((await service.list(TEAM, { projectId }, query)).items).toHaveLength(1);
    for (const where of [{ projectId: 'x' }, { projectId, runId: 'x' }, { projectId, referenceSetId: 'x' }])
      expect((await service.list(TEAM, where, query)).items).toEqual([]);
  });
});

describe('a set of other data', () => {
  it('is created once, in the basis of its reference and without its evaluation', async () => {
    const [reference, data] = [await finish(), uuidv7()];
    const found = await service.referenceFor(TEAM, reference, data);
    const projected = await service.project(TEAM, found, data);
    expect(projected).toMatchObject({
      referenceSetId: reference,
      datasetVersionId: data,
      basis: artifact('basis'),
      weights: epoch.weights,
      jobId: 'job 2',
    });
    expect(projected.evaluation).toBeUndefined();
    expect((await service.project(TEAM, found, data)).jobId).toBe('job 2');
  });

  it('is the reference itself for its own data', async () => {
    const reference = await service.getReady(TEAM, await finish());
    expect(await service.project(TEAM, reference, epoch.datasetVersionId)).toBe(reference);
  });

  it('is refused by name for a recorded run, but its own data give the set itself', async () => {
    const recorded = epochOfRun({ topology: undefined, weights: undefined, recorded: artifact('recorded') });
    const { id } = await service.start(TEAM, recorded);
    await sets.finish(id, { unitStatistics: artifact('units') }, new Date());
    await expect(service.referenceFor(TEAM, id, uuidv7())).rejects.toMatchObject({
      kind: 'unsupported',
      reason: 'RECORDED_RUN_HAS_NO_MODEL',
      metadata: { run_id: recorded.runId },
    });
    const withGraph = await service.start(TEAM, epochOfRun({ recorded: artifact('recorded') }));
    await sets.finish(withGraph.id, { unitStatistics: artifact('units') }, new Date());
    const other = await service.project(
      TEAM,
      await service.referenceFor(TEAM, withGraph.id, 'other'),
      'other',
    );
    expect(other).toMatchObject({ datasetVersionId: 'other', topology: artifact('topology') });
    expect(other.recorded).toBeUndefined();
    const own = await service.referenceFor(TEAM, id, recorded.datasetVersionId);
    expect((await service.project(TEAM, own, recorded.datasetVersionId)).id).toBe(id);
  });

  it('is refused for empty data', async () => {
    const reference = await finish();
    sampleCount = 0;
    await expect(service.referenceFor(TEAM, reference, uuidv7())).rejects.toMatchObject({
      reason: 'POPULATION_EMPTY',
    });
  });
});
