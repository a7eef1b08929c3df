import { uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryRevised } from '../../test/memory-revised.js';
import type { TestSuite } from './test-suite.js';
import { TestSuiteService } from './test-suite.service.js';

const ann = { teamId: 'team', subject: 'ann' };
const projectId = uuidv7();
const documentWith = (...names: string[]): string =>
  `version: 1\ntests:\n${names.map((name) => `  - { name: ${name}, expect: mean(correct) >= 0.9 }\n`).join('')}`;

const [baseline, running, foreign] = [uuidv7(), uuidv7(), uuidv7()];

let service: TestSuiteService;
let cancelled: string[];
/** Suites of the project that judge new versions. */
let judging: number;
beforeEach(() => {
  [cancelled, judging] = [[], 1];
  const suites = memoryRevised<TestSuite>();
  service = new TestSuiteService(
    memoryWork,
    {
      ...suites,
      lockForNewVersions: () => Promise.resolve([]),
      countForNewVersions: () => Promise.resolve(judging),
    },
    {
      mustExist: (_team, id) =>
        id === projectId ? Promise.resolve() : Promise.reject(new Error('no such project')),
    },
    {
      getRun: (_team, id) =>
        Promise.resolve({
          ...{ id, projectId: id === foreign ? uuidv7() : projectId, hasSucceeded: id !== running },
          ...{ modelVersionId: 'v', epoch: 1, lastEpoch: 1, createTime: new Date(0) },
        }),
    },
    {
      cancelWork: (_team, id) => {
        cancelled.push(id);
        return Promise.resolve();
      },
    },
  );
});

const create = (over: Partial<TestSuite> = {}) =>
  service.create(ann, {
    ...{ projectId, displayName: 'nightly', document: documentWith('b', 'a'), draft: false },
    ...{ runForNewVersions: false, baselineRule: 'none', baselineRunId: '' },
    ...over,
  });

describe('a suite of tests', () => {
  it('has the names of its tests in the order of the document', async () => {
    const { id } = await create();
    expect(await service.get(ann.teamId, id)).toMatchObject({ testNames: ['b', 'a'], createdBy: 'ann' });
    const changed = await service.update(ann.teamId, id, { document: documentWith('c'), etag: 'r1' });
    expect(changed).toMatchObject({ testNames: ['c'], displayName: 'nightly', revision: 2 });
  });

  it.each<[string, Partial<TestSuite>]>([
    ['DISPLAY_NAME_INVALID', { displayName: ' ' }],
    ['BASELINE_RUN_MISSING', { baselineRule: 'fixed-run' }],
    ['BASELINE_RUN_UNEXPECTED', { baselineRunId: baseline }],
    ['RUN_NOT_FOUND', { baselineRule: 'fixed-run', baselineRunId: foreign }],
    ['RUN_NOT_SUCCEEDED', { baselineRule: 'fixed-run', baselineRunId: running }],
    ['EVALUATION_DOCUMENT_INVALID', { document: 'version: 2' }],
  ])('is refused with %s, when it is created and when it is changed', async (reason, over) => {
    await expect(create(over)).rejects.toMatchObject({ reason });
    const { id } = await create();
    await expect(service.update(ann.teamId, id, { ...over, etag: '' })).rejects.toMatchObject({ reason });
    expect(await service.get(ann.teamId, id)).toMatchObject({ revision: 1 });
  });

  it('forgets the run of its baseline with another rule', async () => {
    const { id } = await create({ baselineRule: 'fixed-run', baselineRunId: baseline });
    expect(await service.get(ann.teamId, id)).toMatchObject({ baselineRunId: baseline });
    const changed = await service.update(ann.teamId, id, { baselineRule: 'previous-run', etag: '' });
    expect(changed).toMatchObject({ baselineRule: 'previous-run', baselineRunId: '' });
  });

  it('stops its work when it is not to judge new versions, and when it is deleted', async () => {
    const { id } = await create({ runForNewVersions: true });
    await service.update(ann.teamId, id, { displayName: 'weekly', etag: '' });
    expect(cancelled).toEqual([]);
    await service.update(ann.teamId, id, { runForNewVersions: false, etag: '' });
    expect(cancelled).toEqual([id]);
    await service.delete(ann.teamId, id);
    expect(cancelled).toEqual([id, id]);
  });

  it('judges new versions next to 99 others of the project', async () => {
    judging = 100;
    await create({ runForNewVersions: true });
    judging = 101;
    const refused = { kind: 'exhausted', reason: 'TEST_SUITES_EXHAUSTED' };
    await expect(create({ displayName: 'one more', runForNewVersions: true })).rejects.toMatchObject(refused);
    const { id } = await create({ displayName: 'by hand' });
    await expect(service.update(ann.teamId, id, { runForNewVersions: true, etag: '' })).rejects.toMatchObject(
      refused,
    );
  });

  it('does not exist for a project that the team does not have, or once it is deleted', async () => {
    await expect(create({ projectId: uuidv7() })).rejects.toThrow('no such project');
    const { id } = await create();
    await service.delete(ann.teamId, id);
    await expect(service.get(ann.teamId, id)).rejects.toMatchObject({ reason: 'TEST_SUITE_NOT_FOUND' });
  });
});
