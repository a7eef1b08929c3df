import { uuidv7 } from '@noema/kernel';
import { memoryTable, memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TestSuite } from '../test-suite/test-suite.js';
import type { JudgedTest, TestResult } from './test-result.js';
import { TestResultService } from './test-result.service.js';

const ann = { teamId: 'team', subject: 'ann' };
const [projectId, testSuiteId, runId] = [uuidv7(), uuidv7(), uuidv7()];
const run = {
  id: runId,
  projectId,
  modelVersionId: 'v',
  hasSucceeded: true,
  epoch: 4,
  lastEpoch: 4,
  createTime: new Date(9),
};
const suite: TestSuite = {
  ...{ id: testSuiteId, projectId, displayName: 'nightly', document: '', testNames: ['a', 'b'] },
  ...{ runForNewVersions: false, baselineRule: 'none', baselineRunId: '', draft: false, revision: 3 },
  ...{ createdBy: 'ann', createTime: new Date(0), updateTime: new Date(0) },
};
const judged = (testName: string): JudgedTest => ({
  ...{ testName, status: 'pass', value: 1, previous: undefined, interval: undefined },
  ...{ n: 10, limit: 0.9, decidingN: 0, reason: 'it is met' },
});

let service: TestResultService;
let runs: Map<string, typeof run>;
let draft: boolean;
let closing: string[];
beforeEach(() => {
  [runs, draft, closing] = [new Map([[runId, run]]), false, []];
  const find = (id: string) => Promise.resolve(id === testSuiteId ? { ...suite, draft } : undefined);
  const table = memoryTable<TestResult>();
  service = new TestResultService(
    memoryWork,
    { find, lock: find },
    {
      ...table,
      save(result) {
        table.add(result);
        return Promise.resolve(result);
      },
      count: () => Promise.resolve({ pass: table.all().length, fail: 0, undecided: 0, unjudged: 0 }),
    },
    {
      closePassed(results) {
        closing.push(...results.map(({ testName }) => testName));
        return Promise.resolve(['i1']);
      },
    },
    {
      getRun(_team, id) {
        const known = runs.get(id);
        return known === undefined ? Promise.reject(new Error('no such run')) : Promise.resolve(known);
      },
    },
    { mustExist: () => Promise.resolve() },
  );
});

const save = (over = {}) =>
  service.save(ann, {
    ...{ testSuiteId, testSuiteEtag: 'r3', runId, baselineRunId: '', results: [judged('b'), judged('a')] },
    ...over,
  });

describe('the results of a suite', () => {
  it('are stored in its order with the run that they judge, and close issues', async () => {
    const { results, closedIssueIds } = await save();
    expect(results.map(({ testName }) => testName)).toEqual(['a', 'b']);
    for (const result of results)
      expect(result).toMatchObject({
        ...{ projectId, testSuiteId, runId, runCreateTime: new Date(9), epoch: 4, modelVersionId: 'v' },
      });
    expect([closing, closedIssueIds]).toEqual([['a', 'b'], ['i1']]);
    expect(await service.get(ann.teamId, results[0]!.id)).toEqual(results[0]);
    expect(await service.count(ann.teamId, projectId)).toMatchObject({ pass: 2 });
  });

  it('of a draft close no issue', async () => {
    draft = true;
    expect((await save()).closedIssueIds).toEqual([]);
    expect(closing).toEqual([]);
  });

  it('are refused for a suite that changed, a test without a result and an unknown suite', async () => {
    await expect(save({ testSuiteEtag: 'r2' })).rejects.toMatchObject({ reason: 'RESOURCE_CHANGED' });
    await expect(save({ results: [judged('a')] })).rejects.toMatchObject({ reason: 'TEST_RESULTS_DIFFER' });
    await expect(save({ testSuiteId: uuidv7() })).rejects.toMatchObject({ reason: 'TEST_SUITE_NOT_FOUND' });
    expect(closing).toEqual([]);
  });

  it('are refused for a run that has not succeeded, or of another project, also as the baseline', async () => {
    runs.set('running', { ...run, hasSucceeded: false });
    runs.set('other', { ...run, projectId: uuidv7() });
    await expect(save({ runId: 'running' })).rejects.toMatchObject({ reason: 'RUN_NOT_SUCCEEDED' });
    for (const over of [{ runId: 'other' }, { baselineRunId: 'other' }])
      await expect(save(over)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(save({ baselineRunId: 'missing' })).rejects.toThrow('no such run');
  });

  it('list nothing below a text that is not an id', async () => {
    const query = { pageSize: 0, pageToken: '', filter: '', orderBy: '' };
    await save();
    const list = (of: string) => service.list(ann.teamId, { projectId, runId: of, testSuiteId: '' }, query);
    expect((await list('')).items).toHaveLength(2);
    expect((await list('x')).items).toEqual([]);
  });
});
