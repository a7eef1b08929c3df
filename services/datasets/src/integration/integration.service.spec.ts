import { DomainError, type Port, type ProjectId, uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ReceivedUpload } from '../upload/upload.js';
import { artifact } from '../../test/ready-version.js';
import { CheckTurns } from './check.turns.js';
import type { IntegrationReport } from '@noema/integration';
import type { Integration, IntegrationSource } from './integration.js';
import type { IntegrationRepository } from './integration.repository.js';
import { IntegrationService } from './integration.service.js';

const TEAM = 'team';
const PROJECT = uuidv7() as ProjectId;
const { signal } = new AbortController();
const bundle = artifact('bundle.zip');
const moduleSource: IntegrationSource = { kind: 'module', modulePath: '/code/digits.mjs' };
const report: IntegrationReport = {
  passed: true,
  handlers: [],
  splitCounts: {},
  classNames: [],
  summary: 'passed',
};

/** Calls that ran user code, in order. */
let calls: string[];
const upload: ReceivedUpload = {
  id: uuidv7(),
  projectId: PROJECT,
  received: [0],
  datasetVersionId: undefined,
  createTime: new Date(0),
  manifest: {
    splits: [{ split: 'training', count: 1 }],
    inputs: [{ name: 'x', type: 'float32', dims: [1], scale: 1 }],
    groundTruths: [],
    classNames: [],
    metadataColumns: [],
    visualizers: [],
    chunkRows: 1,
    digest: 'a'.repeat(64),
  },
};
let service: IntegrationService;

function memoryIntegrations(): Port<IntegrationRepository> {
  const stored = new Map<string, Integration>();
  return {
    insert: (integration) => Promise.resolve(void stored.set(integration.id, integration)),
    find: (id) => Promise.resolve(stored.get(id)),
    listNamedParts: () => Promise.resolve(new Set()),
    list: (projectId) =>
      Promise.resolve({
        items: [...stored.values()].filter((each) => each.projectId === projectId),
        nextPageToken: '',
      }),
    delete: (id) => Promise.resolve(stored.delete(id)),
  };
}

beforeEach(() => {
  calls = [];
  service = new IntegrationService(
    memoryWork,
    memoryIntegrations(),
    {
      mustExist: (_team, projectId) =>
        projectId === PROJECT
          ? Promise.resolve()
          : Promise.reject(new DomainError('not-found', 'PROJECT_NOT_FOUND', `no project ${projectId}`)),
    },
    { put: () => Promise.resolve(bundle), mustExist: (_team, _project, asked) => Promise.resolve(asked) },
    {
      mustExist: (_team, _project, wheels) =>
        Promise.resolve(wheels.map((wheel) => ({ ...wheel, sizeBytes: 0 }))),
    },
    {
      mustExist: (_team, _project, parts) =>
        Promise.resolve({ parts, sizeBytes: parts.reduce((sum, part) => sum + part.sizeBytes, 0) }),
    },
    { getComplete: () => Promise.resolve(upload) },
    {
      find: (_team, _project, { runId }) => {
        const source = { runId, epoch: 3, output: '', datasetVersionId: uuidv7() };
        return Promise.resolve({ source, displayName: 'objects of cars' });
      },
    },
    {
      openSecrets: (_team, names, purpose) => {
        calls.push(`open ${names.join()} for ${purpose.split('/')[0]}`);
        return Promise.resolve({ 'data-key': 'sesame' });
      },
    },
    {
      load: ({ modulePath, bundle: uploaded }) => {
        calls.push(`load ${uploaded?.uri ?? modulePath}`);
        return Promise.resolve({ name: 'digits', digest: 'd', hosts: [], secrets: ['data-key'] });
      },
      check: async (_code, samples, secrets) => {
        calls.push(`check ${samples} with ${(await secrets())['data-key']}`);
        return report;
      },
    },
    new CheckTurns({ checksAtOnce: 2, checkSeconds: 60 }),
  );
});

const prepare = (source: IntegrationSource = moduleSource, displayName = '', projectId: string = PROJECT) =>
  service.prepare(TEAM, { projectId, displayName, source }, signal);
const create = async (): Promise<Integration> => service.create(TEAM, await prepare());

describe('a new integration', () => {
  it('has the name that its code declares, unless the request names it', async () => {
    expect(await prepare()).toMatchObject({ displayName: 'digits', modulePath: '/code/digits.mjs' });
    expect(await prepare(moduleSource, ' Mine ')).toMatchObject({ displayName: 'Mine' });
  });

  it('of a bundle has no path', async () => {
    expect(await prepare({ kind: 'bundle', bundle })).toMatchObject({ modulePath: '', bundle });
    expect(calls).toEqual(['load bundle.zip']);
  });

  it.each([
    ['none', 'INTEGRATION_SOURCE_MISSING'],
    ['mapping', 'INTEGRATION_SOURCE_UNSUPPORTED'],
  ] as const)('of the source %s is refused with %s', async (kind, reason) => {
    await expect(prepare({ kind })).rejects.toMatchObject({ reason });
  });

  it('of the objects of a run has no code, and the number of the epoch', async () => {
    const source: IntegrationSource = { kind: 'objects', runId: uuidv7(), epoch: 0 };
    const draft = await prepare(source);
    expect(draft).toMatchObject({
      displayName: 'objects of cars',
      objects: { runId: source.runId, epoch: 3 },
      modulePath: '',
    });
    const { id } = await service.create(TEAM, draft);
    await expect(service.check(TEAM, id, 1, signal)).rejects.toMatchObject({
      reason: 'OBJECTS_HAVE_NO_CODE',
    });
    expect(calls).toEqual([]);
  });

  it('of an upload runs no code, and has nothing to check', async () => {
    const draft = await prepare({ kind: 'upload', uploadId: upload.id });
    expect(draft).toMatchObject({ uploadId: upload.id, modulePath: '', bundle: null });
    expect(calls).toEqual([]);
    const { id } = await service.create(TEAM, draft);
    await expect(service.check(TEAM, id, 0, signal)).rejects.toMatchObject({ reason: 'UPLOAD_HAS_NO_CODE' });
  });

  it('of an unknown project is refused before its code is loaded', async () => {
    await expect(prepare(moduleSource, '', uuidv7())).rejects.toMatchObject({ reason: 'PROJECT_NOT_FOUND' });
    expect(calls).toEqual([]);
  });

  it('is listed with its project', async () => {
    const { id } = await create();
    const query = { pageSize: 0, pageToken: '', filter: '', orderBy: '' };
    expect((await service.list(TEAM, PROJECT, query)).items.map((each) => each.id)).toEqual([id]);
    await expect(service.list(TEAM, uuidv7(), query)).rejects.toMatchObject({ kind: 'not-found' });
  });
});

it.each([uuidv7(), 'no id'])('does not find or delete the integration %s', async (id) => {
  await expect(service.get(TEAM, id)).rejects.toMatchObject({ reason: 'INTEGRATION_NOT_FOUND' });
  await expect(service.delete(TEAM, id)).rejects.toMatchObject({ reason: 'INTEGRATION_NOT_FOUND' });
});

it('does not find an integration that was deleted', async () => {
  const { id } = await create();
  await service.delete(TEAM, id);
  await expect(service.get(TEAM, id)).rejects.toMatchObject({ reason: 'INTEGRATION_NOT_FOUND' });
});

it('takes a bundle for a project that exists only', async () => {
  expect(await service.upload(TEAM, PROJECT, new Uint8Array(1))).toBe(bundle);
  await expect(service.upload(TEAM, uuidv7(), new Uint8Array(1))).rejects.toMatchObject({
    reason: 'PROJECT_NOT_FOUND',
  });
});

describe('a check', () => {
  it.each([
    [0, 16],
    [5, 5],
    [5_000, 1_000],
  ])('of %i samples a split runs %i', async (asked, runs) => {
    const { id } = await create();
    expect(await service.check(TEAM, id, asked, signal)).toBe(report);
    expect(calls.slice(1)).toEqual(['open data-key for integration', `check ${runs} with sesame`]);
  });

  it('of a negative number of samples is refused', async () => {
    const { id } = await create();
    await expect(service.check(TEAM, id, -1, signal)).rejects.toMatchObject({ reason: 'SAMPLES_INVALID' });
  });
});
