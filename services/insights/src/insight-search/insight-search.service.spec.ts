import { DomainError, uuidv7 } from '@noema/kernel';
import { memoryResources, memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SearchedRun } from '../peers/training.client.js';
import {
  type InsightSearch,
  type NewInsightSearch,
  PLATFORM,
  type SearchContents,
} from './insight-search.js';
import { InsightSearchService } from './insight-search.service.js';

const ann = { teamId: 'team', subject: 'ann' };
const [projectId, runId] = [uuidv7(), uuidv7()];
const request = { projectId, runId, epoch: 0, output: '', kinds: ['duplicates'], parameters: {}, seed: 0 };
const succeeded: SearchedRun = {
  id: runId,
  projectId,
  datasetVersionId: 'data',
  modelVersionId: 'version',
  task: 'multi-class',
  outputNames: ['digit'],
  hasSucceeded: true,
  epochsDone: 5,
};
let run: SearchedRun | undefined;
/** Names of the outputs in the evaluation. */
let evaluated: readonly string[];
let set: { readonly id: string } | 'failed' | 'absent' | 'coming';
let version: { readonly metadataNames?: readonly string[]; readonly groupField?: string };
let graph: 'ready' | 'absent' | 'coming';
let jobs: string[];
/** Runs that wait for vectors. */
let waiting: Set<string>;
let searches: ReturnType<typeof memoryResources<InsightSearch, NewInsightSearch, SearchContents>>;
let service: InsightSearchService;
const make = (searchAfterRuns: boolean, searchAfterEpochs = false) =>
  new InsightSearchService(
    memoryWork,
    { ...searches, lockLine: () => Promise.resolve() },
    {
      queue: (_team, id) => Promise.resolve(`job${jobs.push(`queue ${id}`)}`),
      cancel: (_team, jobId) => {
        jobs.push(`cancel ${jobId}`);
        return Promise.resolve();
      },
    },
    {
      getRun: () =>
        run === undefined
          ? Promise.reject(new DomainError('not-found', 'RUN_NOT_FOUND', 'there is no such run'))
          : Promise.resolve(run),
      listEpochs: () => Promise.resolve([{ epoch: 5, evaluation: undefined, isPartial: true }]),
      checkOutput: (_team, { output }) =>
        evaluated.includes(output)
          ? Promise.resolve()
          : Promise.reject(new DomainError('not-found', 'OUTPUT_NOT_FOUND', 'the evaluation names none')),
      findModel: () => Promise.resolve('model'),
    },
    { findSet: () => Promise.resolve(set as never) },
    { findGraph: () => Promise.resolve(graph as never) },
    { version: () => Promise.resolve({ sampleCount: 10, ...version } as never) },
    { find: () => Promise.resolve({ searchAfterRuns, searchAfterEpochs }) },
    { restoreReplaced: ({ lineId }) => Promise.resolve(void jobs.push(`restore ${lineId}`)) },
    {
      insert: (waits) => Promise.resolve(void waiting.add(waits.runId)),
      delete: (id) => Promise.resolve(void waiting.delete(id)),
    },
  );
beforeEach(() => {
  [run, set, graph, jobs, version] = [succeeded, { id: 'set' }, 'ready', [], {}];
  evaluated = ['digit', 'parity'];
  searches = memoryResources<InsightSearch, NewInsightSearch, SearchContents>(
    ({ id: _, jobId: __, ...fields }) => ({ ...fields, contents: undefined }),
    (contents) => ({ contents }),
  );
  waiting = new Set();
  service = make(true);
});

describe('a search', () => {
  it('is the same one for the same request, and stops when it is deleted', async () => {
    const first = await service.start(ann, await service.plan('team', request));
    expect(first).toMatchObject({ createdBy: 'ann', source: { epoch: 5, activationSetId: 'set' } });
    expect(await service.start(ann, await service.plan('team', request))).toEqual(first);
    const other = await service.start(ann, await service.plan('team', { ...request, seed: 1 }));
    expect(other.id).not.toBe(first.id);
    await service.delete('team', first.id);
    expect(jobs).toEqual([`queue ${first.id}`, `queue ${other.id}`, 'cancel job1', 'restore model']);
    await expect(service.get('team', first.id)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it.each([
    [{ projectId: uuidv7() }, 'not-found'],
    [{ epoch: 6 }, 'not-found'],
  ])('is refused for %o', async (change, kind) => {
    await expect(service.plan('team', { ...request, ...change })).rejects.toMatchObject({ kind });
  });

  it('is of the first output or of the one that it names, by its name where the model has several', async () => {
    const plan = async (output: string) => (await service.plan('team', { ...request, output })).source.output;
    expect(await plan('')).toBeUndefined();
    expect(await plan('digit')).toBeUndefined();
    run = { ...succeeded, outputNames: ['digit', 'parity'] };
    expect(await plan('')).toEqual({ name: 'digit', isFirst: true });
    expect(await plan('digit')).toEqual({ name: 'digit', isFirst: true });
    expect(await plan('parity')).toEqual({ name: 'parity', isFirst: false });
    await expect(plan('slant')).rejects.toMatchObject({
      reason: 'OUTPUT_NOT_FOUND',
      message: `run "${runId}" has no output "slant"; it has: digit, parity`,
    });
    // An evaluation from before outputs had names has the first one.
    evaluated = [];
    expect(await plan('digit')).toEqual({ name: 'digit', isFirst: true });
    await expect(plan('parity')).rejects.toMatchObject({ reason: 'OUTPUT_NOT_FOUND' });
  });

  it('groups samples by the field of the request, or else by that of the data', async () => {
    const plan = async (change: object) => (await service.plan('team', { ...request, ...change })).recipe;
    expect((await plan({})).groupField).toBeUndefined();
    version = { metadataNames: ['patient', 'site'], groupField: 'patient' };
    expect((await plan({})).groupField).toBe('patient');
    expect((await plan({ groupField: 'site' })).groupField).toBe('site');
    await expect(plan({ groupField: 'sites' })).rejects.toMatchObject({
      reason: 'GROUP_FIELD_UNKNOWN',
      message: 'the data have no metadata "sites"; they have: patient, site',
    });
  });

  it('waits for vectors that come, and goes without vectors that never will', async () => {
    set = 'coming';
    await expect(service.plan('team', request)).rejects.toMatchObject({ reason: 'EPOCH_NOT_READY' });
    for (const missing of ['failed', 'absent'] as const) {
      set = missing;
      expect((await service.plan('team', request)).source.activationSetId, missing).toBe('');
    }
  });
});

describe('a run that has ended', () => {
  const search = async () => {
    await service.searchFinishedRun('team', runId);
    return searches.all();
  };

  it('is searched by the platform for all kinds, once', async () => {
    expect(await search()).toMatchObject([{ createdBy: PLATFORM }]);
    expect(await search()).toHaveLength(1);
  });

  it('is searched by the first of several outputs', async () => {
    run = { ...succeeded, outputNames: ['digit', 'parity'] };
    expect(await search()).toMatchObject([{ source: { output: { name: 'digit', isFirst: true } } }]);
  });

  it('is searched again once vectors or neighbours succeed that had failed', async () => {
    [set, graph] = ['failed', 'absent'];
    expect(await search()).toHaveLength(1);
    set = { id: 'set' };
    expect(await search()).toHaveLength(2);
    graph = 'ready';
    expect(await search()).toHaveLength(3);
    expect(await search()).toHaveLength(3);
  });

  it.each<[string, () => void, object]>([
    ['vectors fail', () => (set = 'failed'), { activationSetId: '', missingVectors: 'failed' }],
    ['vectors are ready', () => (set = { id: 'set' }), { activationSetId: 'set' }],
  ])('waits for its vectors, and is searched once its %s', async (_, change, source) => {
    set = 'coming';
    expect(await search()).toEqual([]);
    expect(waiting).toEqual(new Set([runId]));
    change();
    expect(await search()).toMatchObject([{ source }]);
    expect(waiting.size).toBe(0);
  });

  it.each<[string, () => void, object]>([
    ['vectors', () => (set = 'coming'), { activationSetId: '', missingVectors: 'late' }],
    ['neighbours', () => (graph = 'coming'), { activationSetId: 'set', withoutNeighbors: true }],
  ])('is searched without %s that are late', async (_, change, source) => {
    change();
    expect(await search()).toEqual([]);
    await service.searchFinishedRun('team', runId, { isLate: true });
    expect(searches.all()).toMatchObject([{ source }]);
    expect(waiting.size).toBe(0);
  });

  it.each<[string, () => void]>([
    ['fails', () => (run = { ...succeeded, hasSucceeded: false })],
    ['is deleted', () => (run = undefined)],
    ['is no longer to be searched', () => (service = make(false))],
  ])('waits no longer if it %s', async (_, change) => {
    set = 'coming';
    await search();
    change();
    expect(await search()).toEqual([]);
    expect(waiting.size).toBe(0);
  });

  it.each<[string, () => void]>([
    ['failed', () => (run = { ...succeeded, hasSucceeded: false })],
    ['has no epoch', () => (run = { ...succeeded, epochsDone: 0 })],
    ['was deleted', () => (run = undefined)],
    ['has no vectors yet', () => (set = 'coming')],
    ['is not to be searched', () => (service = make(false))],
  ])('is left alone if it %s', async (_, change) => {
    change();
    expect(await search()).toEqual([]);
  });
});

describe('an epoch', () => {
  const completed = { projectId, runId, epoch: 2, isLast: false, branch: 0 };
  const search = async (over: Partial<typeof completed> = {}) => {
    await service.searchEpoch('team', { ...completed, ...over });
    return searches.all();
  };

  it('is searched for cheap kinds without its vectors, once, and again when it is recorded again', async () => {
    service = make(true, true);
    set = 'coming';
    const [first] = await search();
    expect(first).toMatchObject({
      ...{ createdBy: PLATFORM, source: { epoch: 2, activationSetId: '' } },
      recipe: { kinds: [{ key: 'miscalibrated' }, { key: 'forgotten' }] },
    });
    expect(await search()).toHaveLength(1);
    expect(await search({ branch: 1 })).toHaveLength(2);
  });

  it.each<[string, () => void, Partial<typeof completed>]>([
    ['the project does not want it', () => (service = make(true, false)), {}],
    ['it is the last one, and all kinds follow', () => (service = make(true, true)), { isLast: true }],
    ['its run was deleted', () => ((service = make(true, true)), (run = undefined)), {}],
  ])('is left alone if %s', async (_, change, over) => {
    change();
    expect(await search(over)).toEqual([]);
  });
});
