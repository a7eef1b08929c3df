import { DomainError, type Port, type ProjectId, uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { readyVersion } from '../../test/ready-version.js';
import type { IngestionOrder } from '../ingestion/ingestion.js';
import type { Integration, IntegrationId } from '../integration/integration.js';
import type { DatasetVersion, DatasetVersionId } from './dataset-version.js';
import type { DatasetVersionRepository } from './dataset-version.repository.js';
import { DatasetVersionService } from './dataset-version.service.js';

const TEAM = 'team';
const integration: Integration = {
  id: uuidv7() as IntegrationId,
  projectId: uuidv7() as ProjectId,
  displayName: 'digits',
  modulePath: '/code/digits.mjs',
  bundle: null,
  wheels: [],
  data: null,
  uploadId: null,
  digest: 'd',
  hosts: ['example.org'],
  secrets: ['data-key'],
  createTime: new Date(0),
};
const request = {
  projectId: integration.projectId,
  integrationId: integration.id,
  displayName: '',
  shardSize: 0,
  maxSkippedShare: 0,
};
const ready = readyVersion();

let orders: IngestionOrder[];
let cancelled: string[];
let removed: string[];
let refusal: DomainError | undefined;
let service: DatasetVersionService;

function memoryVersions(): Port<DatasetVersionRepository> {
  const stored = new Map<string, DatasetVersion>([[ready.id, ready]]);
  const count = (): number => stored.size - 1;
  const unused = () => Promise.reject(new Error('no rule of the service needs it'));
  return {
    insertIngestion: (ingestion) => {
      const id = ingestion.id as DatasetVersionId;
      stored.set(id, { ...ingestion, id, ingestionId: id, state: 'queued', ready: undefined });
      return Promise.resolve();
    },
    find: (id) => Promise.resolve(stored.get(id)),
    list: () => Promise.resolve({ items: [...stored.values()], nextPageToken: '' }),
    count: () => Promise.resolve(count()),
    delete: ({ id }) => Promise.resolve(void stored.delete(id)),
    shards: () => Promise.resolve({ items: [], nextPageToken: '' }),
    shard: unused,
    publish: unused,
  };
}

beforeEach(() => {
  [orders, cancelled, removed, refusal] = [[], [], [], undefined];
  service = new DatasetVersionService(
    memoryWork,
    memoryVersions(),
    { find: (id) => Promise.resolve(id === integration.id ? integration : undefined) },
    {
      start: (_team, order) => Promise.resolve(`job ${orders.push(order)}`),
      cancel: (_team, jobId) => Promise.resolve(void cancelled.push(jobId)),
    },
    { removeAll: (_team, _project, ingestionId) => Promise.resolve(void removed.push(ingestionId)) },
    {
      mustExist: (_team, id) =>
        id === integration.projectId
          ? Promise.resolve()
          : Promise.reject(new DomainError('not-found', 'PROJECT_NOT_FOUND', `no project ${id}`)),
    },
    { requireRunnable: () => (refusal === undefined ? Promise.resolve() : Promise.reject(refusal)) },
  );
});

describe('creating a dataset version', () => {
  it('queues one ingestion of the registered code', async () => {
    const version = await service.create(TEAM, { ...request, shardSize: 7, maxSkippedShare: 0.5 });
    expect(version).toMatchObject({ state: 'queued', jobId: 'job 1', shardSize: 7, ready: undefined });
    const { projectId, modulePath, bundle, wheels, data, uploadId, digest, hosts, secrets } = integration;
    expect(orders).toEqual([
      {
        ...{ projectId, modulePath, bundle, wheels, data, uploadId, digest, hosts, secrets },
        ...{ ingestionId: version.id, shardSize: 7, maxSkippedShare: 0.5 },
      },
    ]);
  });

  it('numbers the versions that the request does not name', async () => {
    const names = [];
    for (const displayName of ['', ' ', 'mine'])
      names.push((await service.create(TEAM, { ...request, displayName })).displayName);
    expect(names).toEqual(['digits 1', 'digits 2', 'mine']);
  });

  it.each([
    ['SHARD_SIZE_INVALID', { shardSize: -1 }],
    ['SHARD_SIZE_INVALID', { shardSize: 65_537 }],
    ['SKIPPED_SHARE_INVALID', { maxSkippedShare: -0.1 }],
    ['SKIPPED_SHARE_INVALID', { maxSkippedShare: 1.1 }],
    ['SKIPPED_SHARE_INVALID', { maxSkippedShare: NaN }],
    ['INTEGRATION_NOT_FOUND', { integrationId: 'no id' }],
    ['INTEGRATION_NOT_FOUND', { integrationId: uuidv7() }],
    ['INTEGRATION_NOT_FOUND', { projectId: uuidv7() }],
  ])('is refused with %s for %o', async (reason, change) => {
    await expect(service.create(TEAM, { ...request, ...change })).rejects.toMatchObject({ reason });
    expect(orders).toEqual([]);
  });

  it('queues nothing for code that may not run here', async () => {
    refusal = new DomainError('precondition', 'INTEGRATION_NETWORK_REFUSED', 'no network');
    await expect(service.create(TEAM, request)).rejects.toBe(refusal);
    expect(orders).toEqual([]);
  });
});

describe('reading a dataset version', () => {
  it.each([uuidv7(), 'no id'])('does not find %s', async (id) => {
    await expect(service.get(TEAM, id)).rejects.toMatchObject({ reason: 'DATASET_VERSION_NOT_FOUND' });
  });

  it('has no samples or shards before it is ready', async () => {
    const { id } = await service.create(TEAM, request);
    const notReady = { reason: 'DATASET_VERSION_NOT_READY', message: expect.stringContaining('queued') };
    await expect(service.getReady(TEAM, id)).rejects.toMatchObject(notReady);
    await expect(service.listShards(TEAM, id, { pageSize: 0, pageToken: '' })).rejects.toMatchObject(
      notReady,
    );
    expect(await service.getReady(TEAM, ready.id)).toEqual(ready);
  });

  it('lists the versions of a project that exists only', async () => {
    const query = { pageSize: 0, pageToken: '', filter: '', orderBy: '' };
    expect((await service.list(TEAM, integration.projectId, query)).items).toEqual([ready]);
    await expect(service.list(TEAM, uuidv7(), query)).rejects.toMatchObject({ reason: 'PROJECT_NOT_FOUND' });
  });
});

describe('deleting a dataset version', () => {
  it('that is not ready cancels its job and removes what it stored', async () => {
    const { id, jobId } = await service.create(TEAM, request);
    await service.delete(TEAM, id);
    expect([cancelled, removed]).toEqual([[jobId], [id]]);
    await expect(service.get(TEAM, id)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('that is ready leaves its artifacts to the sweeper', async () => {
    await service.delete(TEAM, ready.id);
    expect([cancelled, removed]).toEqual([[], []]);
    await expect(service.get(TEAM, ready.id)).rejects.toMatchObject({ kind: 'not-found' });
  });
});
