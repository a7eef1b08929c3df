import { DomainError, uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { activationSet, memoryBuilds, memoryIndexes, memoryKinds, memorySets } from '../../test/memory.js';
import type { ActivationSet } from '../activation-set/activation-set.js';
import { VectorIndexService } from './vector-index.service.js';

const query = { pageSize: 0, pageToken: '', filter: '', orderBy: '' };

let set: ActivationSet;
let sets: ReturnType<typeof memorySets>;
let indexes: ReturnType<typeof memoryIndexes>;
let builds: ReturnType<typeof memoryBuilds>;
let service: VectorIndexService;

beforeEach(async () => {
  [sets, indexes, builds] = [memorySets(), memoryIndexes(), memoryBuilds()];
  set = activationSet(10);
  await sets.save(set);
  service = new VectorIndexService(memoryWork, sets, indexes, builds, memoryKinds, { indexKind: 'exact' });
});

const create = (params: Record<string, unknown> = {}, kind?: string, of = set) =>
  service.create(of.teamId, { projectId: of.projectId, activationSetId: of.id, kind, params });

describe('a new index', () => {
  it('is of the default kind, and built by a job that builds no graph', async () => {
    const index = await create();
    expect(index).toMatchObject({ kind: 'exact', state: 'queued', jobId: 'job 1' });
    expect(builds.jobs).toEqual([
      { activationSetId: set.id, indexId: index.id, neighborGraphId: '', shards: 1 },
    ]);
  });

  it('has the parameters of the request, and defaults for the others', async () => {
    expect((await create({ m: 8 }, 'faiss-hnsw')).params).toEqual({ m: 8, ef_search: 64 });
  });

  it('is the same one for the same parameters, another one for others', async () => {
    const { id } = await create({ m: 8 }, 'faiss-hnsw');
    expect((await create({ ef_search: 64, m: 8 }, 'faiss-hnsw')).id).toBe(id);
    expect((await create({ m: 9 }, 'faiss-hnsw')).id).not.toBe(id);
  });

  it('replaces one whose job failed', async () => {
    const { id } = await create();
    indexes.setState(id, 'failed');
    expect((await create()).jobId).toBe('job 2');
    expect(await indexes.find(id)).toBeUndefined();
  });

  it('is refused with an unknown parameter, or a value out of range', async () => {
    await expect(create({ n: 1 }, 'faiss-hnsw')).rejects.toMatchObject({ reason: 'PARAMETER_UNKNOWN' });
    await expect(create({ m: 1 }, 'faiss-hnsw')).rejects.toMatchObject({ reason: 'PARAMETER_OUT_OF_RANGE' });
  });

  it('is refused for a set of another project, for an unknown set, and for a set of one sample', async () => {
    const missing = { reason: 'ACTIVATION_SET_NOT_FOUND' };
    await expect(create({}, 'exact', { ...set, projectId: uuidv7() })).rejects.toMatchObject(missing);
    await expect(create({}, 'exact', activationSet(9))).rejects.toMatchObject(missing);
    const single = activationSet(1);
    await sets.save(single);
    await expect(create({}, 'exact', single)).rejects.toMatchObject({ reason: 'TOO_FEW_SAMPLES' });
  });
});

describe('a stored index', () => {
  it('is returned, listed and deleted', async () => {
    const { id } = await create();
    expect((await service.get(set.teamId, id)).id).toBe(id);
    expect((await service.list(set.teamId, { ...set, activationSetId: set.id }, query)).items).toHaveLength(
      1,
    );
    await service.delete(set.teamId, id);
    await expect(service.delete(set.teamId, id)).rejects.toBeInstanceOf(DomainError);
  });

  it.each([uuidv7(), 'no id'])('does not exist under the id %s', async (id) => {
    const missing = { kind: 'not-found', reason: 'INDEX_NOT_FOUND' };
    await expect(service.get(set.teamId, id)).rejects.toMatchObject(missing);
    await expect(service.delete(set.teamId, id)).rejects.toMatchObject(missing);
  });
});
