import { uuidv7 } from '@noema/kernel';
import { memoryResources, memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TestSuite } from '../test-suite/test-suite.js';
import { type JudgmentContents, judgmentId, type NewJudgment, type TestJudgment } from './test-judgment.js';
import { TestJudgmentService } from './test-judgment.service.js';

const ann = { teamId: 'team', subject: 'ann' };
const [projectId, runId] = [uuidv7(), uuidv7()];
const suite = { id: uuidv7(), projectId } as TestSuite;
const succeeded = { id: runId, projectId, hasSucceeded: true };

const judgments = memoryResources<TestJudgment, NewJudgment, JudgmentContents>(
  ({ jobId: _, id: __, ...fields }) => ({ ...fields, contents: undefined }),
  (contents) => ({ contents }),
);
let service: TestJudgmentService;
let jobs: string[];
let run: typeof succeeded;
beforeEach(async () => {
  await judgments.delete(judgmentId(suite.id, runId));
  [jobs, run] = [[], succeeded];
  const find = (id: string) => Promise.resolve(id === suite.id ? suite : undefined);
  service = new TestJudgmentService(
    memoryWork,
    { find, lock: find, lockForNewVersions: () => Promise.resolve([suite]) },
    { ...judgments, listUnfinishedJobs: () => Promise.resolve(['job1', 'job2']) },
    {
      queue: (_team, id) => Promise.resolve(`job${jobs.push(`queue ${id}`)}`),
      cancel: (_team, jobId) => {
        jobs.push(`cancel ${jobId}`);
        return Promise.resolve();
      },
    },
    { getRun: () => Promise.resolve({ ...run, modelVersionId: 'v', epoch: 1, createTime: new Date(0) }) },
  );
});

describe('a judgment', () => {
  const id = judgmentId(suite.id, runId);

  it('is queued once while it is requested again, and anew when it has ended', async () => {
    const first = await service.start(ann, suite.id, runId);
    expect(first).toMatchObject({ id, state: 'queued', jobId: 'job1', createdBy: 'ann' });
    expect(await service.start(ann, suite.id, runId)).toEqual(first);
    judgments.setState(id, 'failed');
    expect(await service.start(ann, suite.id, runId)).toMatchObject({ id, state: 'queued', jobId: 'job2' });
    expect(jobs).toEqual([`queue ${id}`, `queue ${id}`]);
  });

  it('of a run that ends again starts again, and the work on its earlier end stops', async () => {
    await service.judgeNewVersion(ann.teamId, { id: runId, projectId });
    await service.judgeNewVersion(ann.teamId, { id: runId, projectId });
    expect(jobs).toEqual([`queue ${id}`, 'cancel job1', `queue ${id}`]);
    expect(await service.get(ann.teamId, id)).toMatchObject({ jobId: 'job3', createdBy: 'quality' });
  });

  it('stops with the work of its suite', async () => {
    await service.cancelWork(ann.teamId, suite.id);
    expect(jobs).toEqual(['cancel job1', 'cancel job2']);
  });

  it.each([
    ['TEST_SUITE_NOT_FOUND', uuidv7(), {}],
    ['RUN_NOT_FOUND', suite.id, { projectId: uuidv7() }],
    ['RUN_NOT_SUCCEEDED', suite.id, { hasSucceeded: false }],
  ])('is refused with %s', async (reason, testSuiteId, over) => {
    run = { ...succeeded, ...over };
    await expect(service.check(ann.teamId, testSuiteId, runId)).rejects.toMatchObject({ reason });
  });
});
