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
    {
      getRun: () =>
        Promise.resolve({ ...run, modelVersionId: 'v', epoch: 2, lastEpoch: 2, createTime: new Date(0) }),
    },
  );
});

describe('a judgment', () => {
  const id = judgmentId(suite.id, runId);

  it('is queued once while it is requested again, and anew when it has ended', async () => {
    const last = { id: runId, epoch: 0 };
    const first = await service.start(ann, suite.id, last);
    expect(first).toMatchObject({ id, state: 'queued', jobId: 'job1', createdBy: 'ann' });
    expect(await service.start(ann, suite.id, last)).toEqual(first);
    judgments.setState(id, 'failed');
    expect(await service.start(ann, suite.id, last)).toMatchObject({ id, state: 'queued', jobId: 'job2' });
    expect(jobs).toEqual([`queue ${id}`, `queue ${id}`]);
  });

  it('of a run that ends again starts again, and the work on its earlier end stops', async () => {
    await service.judgeNewVersion(ann.teamId, { id: runId, projectId });
    await service.judgeNewVersion(ann.teamId, { id: runId, projectId });
    expect(jobs).toEqual([`queue ${id}`, 'cancel job1', `queue ${id}`]);
    expect(await service.get(ann.teamId, id)).toMatchObject({ jobId: 'job3', createdBy: 'quality' });
  });

  it('of a chosen epoch leaves the one of the last epoch', async () => {
    await service.start(ann, suite.id, { id: runId, epoch: 0 });
    const chosen = await service.start(ann, suite.id, { id: runId, epoch: 1 });
    expect(chosen).toMatchObject({ id: judgmentId(suite.id, runId, 1), chosenEpoch: 1 });
    expect(await service.get(ann.teamId, id)).toMatchObject({ chosenEpoch: 0, state: 'queued' });
    await judgments.delete(chosen.id);
  });

  it('stops with the work of its suite', async () => {
    await service.cancelWork(ann.teamId, suite.id);
    expect(jobs).toEqual(['cancel job1', 'cancel job2']);
  });

  it.each([
    ['TEST_SUITE_NOT_FOUND', uuidv7(), {}, 0],
    ['RUN_NOT_FOUND', suite.id, { projectId: uuidv7() }, 0],
    ['RUN_NOT_SUCCEEDED', suite.id, { hasSucceeded: false }, 0],
    ['EPOCH_OUT_OF_RANGE', suite.id, {}, 3],
    ['EPOCH_OUT_OF_RANGE', suite.id, {}, -1],
  ])('is refused with %s', async (reason, testSuiteId, over, epoch) => {
    run = { ...succeeded, ...over };
    await expect(service.check(ann.teamId, testSuiteId, { id: runId, epoch })).rejects.toMatchObject({
      reason,
    });
  });
});
