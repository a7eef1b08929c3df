import { IssueState } from '@noema/contracts/noema/quality/v1/issue';
import { IssueService } from '@noema/contracts/noema/quality/v1/issue_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import type { TestJudgment } from '@noema/contracts/noema/quality/v1/test_judgment';
import { TestJudgmentService } from '@noema/contracts/noema/quality/v1/test_judgment_service';
import { TestStatus } from '@noema/contracts/noema/quality/v1/test_result';
import { TestResultService } from '@noema/contracts/noema/quality/v1/test_result_service';
import { BaselineRule, type TestSuite } from '@noema/contracts/noema/quality/v1/test_suite';
import { TestSuiteService } from '@noema/contracts/noema/quality/v1/test_suite_service';
import { RunState } from '@noema/contracts/noema/training/v1/run';
import { PostgresBus } from '@noema/events';
import { serviceUrl } from '@noema/host';
import { uuidv7 } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { untilEnded, waitFor } from '@noema/testing';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RunningQuality } from './running-quality.js';

const { PASS, FAIL, UNDECIDED } = TestStatus;
const document = `version: 1
tests:
  - { name: good, expect: mean(correct) >= 0.9 }
  - { name: no regression, expect: "mean(loss) <= previous * 1.05" }
`;

let running: RunningQuality;
let bus: PostgresBus;
let db: Database<unknown>;
const suites = () => running.of(TestSuiteService);
const judgments = (teamId = running.teamId) => running.of(TestJudgmentService, { teamId });
const results = () => running.of(TestResultService);
const jobs = () => running.of(JobService);

beforeAll(async () => {
  running = await RunningQuality.start({ NOEMA_MAX_JUDGED_SAMPLES: '2000' });
  const { bed } = running;
  const url = serviceUrl(bed.adminUrl, 'quality', 'secret');
  db = bed.opened(Database.connect<unknown>({ url, schema: 'quality' }));
  bus = bed.opened(new PostgresBus(db));
  await running.startWorker();
});
afterAll(() => running.stop());
afterEach(() => {
  running.runs.beforePage = () => Promise.resolve();
});

/** A suite of its own project, which judges new versions. */
async function makeSuite(over: object = {}): Promise<TestSuite> {
  const { testSuite } = await suites().createTestSuite({
    ...{ projectId: uuidv7(), displayName: 'nightly', document, runForNewVersions: true },
    ...over,
  });
  return testSuite!;
}

/** Announces the end of a run. */
const finish = (runId: string, projectId: string, over = {}) =>
  bus.publish([
    {
      id: uuidv7(),
      teamId: running.teamId,
      event: 'training.RunFinished',
      subject: `noema.training.v1.run_finished.${runId}`,
      time: new Date(),
      body: { runId, projectId, state: 'RUN_STATE_SUCCEEDED', epochsDone: 3 },
      ...over,
    },
  ]);

const listJudgments = async ({ projectId }: Pick<TestSuite, 'projectId'>) =>
  (await judgments().listTestJudgments({ projectId })).testJudgments;

/** Waits for the judgment of a run by a suite. */
const judged = (suite: TestSuite, runId: string): Promise<TestJudgment> =>
  untilEnded(async () =>
    (await listJudgments(suite)).find((one) => one.runId === runId && one.testSuiteId === suite.id),
  );

const listResults = async ({ id: testSuiteId, projectId }: TestSuite, runId: string) =>
  (await results().listTestResults({ projectId, testSuiteId, runId })).testResults.sort((a, b) =>
    a.testName.localeCompare(b.testName),
  );

/** Judges a new run of the project of a suite. */
async function judge(suite: TestSuite, over: Parameters<RunningQuality['addRun']>[1] = {}, minutes = 0) {
  const runId = running.addRun(minutes, { projectId: suite.projectId, ...over });
  await finish(runId, suite.projectId);
  return { runId, judgment: await judged(suite, runId), results: await listResults(suite, runId) };
}

describe('a suite that judges new versions', () => {
  it('RELIABILITY 3: judges a run once if its end is announced twice, and the badge follows', async () => {
    const suite = await makeSuite();
    const { projectId } = suite;
    const runId = running.addRun(0, { projectId, misclassified: 300 });
    const id = uuidv7();
    await finish(runId, projectId, { id });
    const first = await judged(suite, runId);
    await finish(runId, projectId, { id });
    // Messages come one after the other: when this one is judged, the second delivery is done.
    await judge(suite, { misclassified: 300 }, 1);
    expect((await listJudgments(suite)).find((one) => one.runId === runId)).toEqual(first);
    expect(first).toMatchObject({
      ...{ state: JobState.SUCCEEDED, testSuiteId: suite.id, createdBy: 'quality', epoch: 3 },
      ...{ passing: 0, failing: 1, undecided: 1, baselineRunId: '' },
    });
    const stored = await listResults(suite, runId);
    expect(stored).toMatchObject([
      { testName: 'good', status: FAIL, value: 0.75, n: 1200n, limit: 0.9, createdBy: 'quality' },
      { testName: 'no regression', status: UNDECIDED, reason: expect.stringContaining('no previous') },
    ]);
    const { body } = await results().getTestBadge({ projectId });
    expect(Buffer.from(body!.data).toString()).toContain('1 failing');
    // The run ends again, with other weights: its results are replaced, under the same ids.
    running.runs.change(runId, { misclassified: 0 });
    await finish(runId, projectId);
    const again = await untilEnded(async () =>
      (await listJudgments(suite)).find((one) => one.runId === runId && one.jobId !== first.jobId),
    );
    expect(again).toMatchObject({ id: first.id, passing: 1, failing: 0 });
    expect((await listResults(suite, runId)).map((one) => [one.id, one.status])).toEqual([
      [stored[0]!.id, PASS],
      [stored[1]!.id, UNDECIDED],
    ]);
  });

  it('judges a run although the queue of the team was full at the first ten deliveries', async () => {
    const suite = await makeSuite();
    const runId = running.addRun(0, { projectId: suite.projectId });
    const id = uuidv7();
    await db.run(running.teamId, () =>
      sql`insert into inbox_failure (consumer, message_id, team_id, deliveries, error)
        values ('quality__run_finished', ${id}, ${running.teamId}, 10, 'QUEUE_FULL')`.execute(db.tx()),
    );
    await finish(runId, suite.projectId, { id });
    expect((await judged(suite, runId)).state).toBe(JobState.SUCCEEDED);
  });

  it('closes the issues whose test passes in the new version', async () => {
    const suite = await makeSuite();
    const { projectId } = suite;
    const { issue } = await running.of(IssueService).createIssue({
      ...{ projectId, displayName: 'too many errors' },
      closingTest: { testSuiteId: suite.id, testName: 'good' },
    });
    const { judgment } = await judge(suite, {}, 1);
    expect(judgment.closedIssueIds).toEqual([issue!.id]);
    const read = await running.of(IssueService).getIssue({ issueId: issue!.id });
    expect(read.issue!.state).toBe(IssueState.CLOSED);
  });

  it('judges a chosen epoch next to the last one, which alone closes issues', async () => {
    const suite = await makeSuite();
    const { id: testSuiteId, projectId } = suite;
    const { issue } = await running.of(IssueService).createIssue({
      ...{ projectId, displayName: 'too many errors', closingTest: { testSuiteId, testName: 'good' } },
    });
    const errors = { misclassified: 300, misclassifiedAtFirst: 0 };
    const { runId, judgment: last } = await judge(suite, errors, 1);
    const request = { testSuiteId, runId, epoch: 1 };
    const { testJudgment } = await judgments().createTestJudgment(request);
    expect(testJudgment).toMatchObject({ chosenEpoch: 1 });
    const chosen = await untilEnded(async () =>
      (await listJudgments(suite)).find(({ id }) => id === testJudgment!.id),
    );
    expect(chosen).toMatchObject({ epoch: 1, chosenEpoch: 1, passing: 1, failing: 0, closedIssueIds: [] });
    expect(await listJudgments(suite)).toContainEqual(last);
    expect(last).toMatchObject({ epoch: 3, chosenEpoch: 0, failing: 1 });
    const good = (await listResults(suite, runId)).filter(({ testName }) => testName === 'good');
    expect(good.map(({ epoch, status }) => [epoch, status]).sort()).toEqual([
      [1, PASS],
      [3, FAIL],
    ]);
    const { issue: open } = await running.of(IssueService).getIssue({ issueId: issue!.id });
    expect(open!.state).toBe(IssueState.OPEN);
    await expect(judgments().createTestJudgment({ ...request, epoch: 4 })).rejects.toMatchObject({
      reason: 'EPOCH_OUT_OF_RANGE',
    });
  });

  it('judges no run that failed, and no draft and no suite by hand judges a run', async () => {
    const suite = await makeSuite();
    const { projectId } = suite;
    await makeSuite({ projectId, displayName: 'draft', draft: true });
    await makeSuite({ projectId, displayName: 'by hand', runForNewVersions: false });
    const failed = running.addRun(0, { projectId, state: RunState.FAILED });
    const body = { runId: failed, projectId, state: 'RUN_STATE_FAILED', epochsDone: 1 };
    await finish(failed, projectId, { body });
    const { runId } = await judge(suite);
    expect((await listJudgments(suite)).map((one) => [one.testSuiteId, one.runId])).toEqual([
      [suite.id, runId],
    ]);
  });

  it('judges a run again when its insights are there, by suites with tests about insights', async () => {
    const leakage =
      'version: 1\ntests: [{ name: no leakage, expect: "count(insights, kind = leakage) = 0" }]';
    const suite = await makeSuite({ document: leakage });
    const { projectId } = suite;
    await makeSuite({ projectId, displayName: 'samples alone' });
    const { runId, judgment, results: before } = await judge(suite);
    expect(before).toMatchObject([
      { status: UNDECIDED, reason: expect.stringContaining('was not searched for insights after epoch 3') },
    ]);
    const others = async () => (await listJudgments(suite)).filter((one) => one.testSuiteId !== suite.id);
    const ownJudgment = async () => (await listJudgments(suite)).find((one) => one.testSuiteId === suite.id);
    await untilEnded(async () => (await others())[0]);
    const unchanged = await others();
    running.insights.counts.set(runId, 1);
    await bus.publish([
      {
        id: uuidv7(),
        teamId: running.teamId,
        event: 'insights.InsightSearchReady',
        subject: `noema.insights.v1.insight_search_ready.${runId}`,
        time: new Date(),
        body: { insightSearchId: uuidv7(), runId, projectId, epoch: 3 },
      },
    ]);
    await waitFor(async () => (await ownJudgment())!.jobId !== judgment.jobId);
    expect(await untilEnded(ownJudgment)).toMatchObject({ failing: 1, undecided: 0 });
    expect(await listResults(suite, runId)).toMatchObject([
      {
        status: FAIL,
        value: 1,
        limit: 0,
        n: 1200n,
        reason: expect.stringContaining('3 twins across splits'),
      },
    ]);
    expect(await others()).toEqual(unchanged);
  });

  it('compares with the newest run of the same model that was created before', async () => {
    const suite = await makeSuite({ baselineRule: BaselineRule.PREVIOUS_RUN });
    const { projectId } = suite;
    const first = await judge(suite, { modelVersionId: 'digits 1' }, -9);
    expect(first.results[1]).toMatchObject({
      ...{ status: UNDECIDED, baselineRunId: '' },
      reason: 'undecided: no run of the same model succeeded before, so that there is no baseline',
    });
    const previous = running.addRun(-5, { projectId, modelVersionId: 'digits 2' });
    running.addRun(-4, { projectId, modelVersionId: 'other 1' });
    running.addRun(-3, { projectId, modelVersionId: 'digits 2', state: RunState.STOPPED });
    running.addRun(5, { projectId, modelVersionId: 'digits 3' });
    const second = await judge(suite, { modelVersionId: 'digits 3', misclassified: 60 });
    expect(second.judgment).toMatchObject({ baselineRunId: previous, passing: 1, failing: 1 });
    expect(second.results).toMatchObject([
      { status: PASS, baselineRunId: previous },
      { status: FAIL, previous: expect.closeTo(0.13, 2), n: 1200n },
    ]);
  });

  it('names a baseline that was deleted, and judges the tests that need none', async () => {
    const projectId = uuidv7();
    const baselineRunId = running.addRun(-9, { projectId });
    const suite = await makeSuite({ projectId, baselineRule: BaselineRule.FIXED_RUN, baselineRunId });
    const before = await judge(suite);
    expect(before.results).toMatchObject([{ status: PASS }, { status: PASS, baselineRunId }]);
    running.runs.delete(baselineRunId);
    const after = await judge(suite);
    expect(after.judgment).toMatchObject({ state: JobState.SUCCEEDED, baselineRunId: '', undecided: 1 });
    expect(after.results).toMatchObject([
      { status: PASS },
      { status: UNDECIDED, reason: expect.stringContaining(`run "${baselineRunId}", does not exist`) },
    ]);
  });

  it('names what a run does not have, and limits', async () => {
    const tests = [
      '{ name: a, expect: mean(sharpness) > 0 }',
      '{ name: b, where: "ink < 1", expect: mean(correct) > 0 }',
      '{ name: c, expect: mean(loss) < 1 }',
      '{ name: d, where: "row < 100", expect: count() = 100 }',
    ];
    const suite = await makeSuite({
      document: `version: 1\ntests:\n${tests.map((t) => `  - ${t}\n`).join('')}`,
    });
    const reasons = async (over: object) => (await judge(suite, over)).results.map(({ reason }) => reason);
    expect(await reasons({ hasLoss: false })).toEqual([
      expect.stringMatching(/^undecided: .*"sharpness"; known: loss/),
      expect.stringMatching(/^undecided: .*ink/),
      'undecided: the slice has no samples with a value',
      expect.stringMatching(/^pass/),
    ]);
    const [, , tooMany, few] = await reasons({ samples: 2001 });
    expect(tooMany).toContain('2001 samples are more than the 2000');
    expect(few).toMatch(/^pass/);
  });

  it('names why it failed, and judges again on request', async () => {
    const suite = await makeSuite();
    const { runId, judgment } = await judge(suite, { samples: undefined });
    expect(judgment).toMatchObject({
      state: JobState.FAILED,
      fault: { reason: 'EPOCH_NOT_FOUND' },
      epoch: 0,
    });
    expect(await listResults(suite, runId)).toEqual([]);
    running.runs.change(runId, { samples: 10 });
    const request = { testSuiteId: suite.id, runId, requestId: uuidv7() };
    const { testJudgment, job } = await judgments().createTestJudgment(request);
    expect((await judgments().createTestJudgment(request)).testJudgment!.jobId).toBe(testJudgment!.jobId);
    expect(testJudgment).toMatchObject({ id: judgment.id, createdBy: 'ann', jobId: job!.id });
    expect(job).toMatchObject({ kind: 'quality.judge', subjectId: judgment.id });
    await untilEnded(async () => (await jobs().getJob({ service: 'quality', jobId: job!.id })).job);
    const { testJudgment: ended } = await judgments().getTestJudgment({ testJudgmentId: judgment.id });
    expect(ended).toMatchObject({ state: JobState.SUCCEEDED, epoch: 3 });
  });

  it('judges by its new document when it changes meanwhile', async () => {
    const suite = await makeSuite();
    let isChanged = false;
    running.runs.beforePage = async () => {
      if (isChanged) return;
      isChanged = true;
      const changed = document.replace('name: good', 'name: better');
      await suites().updateTestSuite({ testSuite: { id: suite.id, document: changed } });
    };
    const { judgment, results: stored } = await judge(suite);
    expect(judgment.state).toBe(JobState.SUCCEEDED);
    expect(stored.map(({ testName }) => testName)).toEqual(['better', 'no regression']);
    expect(await results().countTestResults({ projectId: suite.projectId })).toMatchObject({
      passing: 1,
      undecided: 1,
      unjudged: 0,
    });
  });

  it.each<[string, (suite: TestSuite, jobId: string) => Promise<unknown>]>([
    ['its job is cancelled', (_, jobId) => jobs().cancelJob({ service: 'quality', jobId })],
    [
      'it is to judge no new versions',
      ({ id }) =>
        suites().updateTestSuite({
          testSuite: { id, runForNewVersions: false },
          updateMask: { paths: ['run_for_new_versions'] },
        }),
    ],
    ['it is deleted', ({ id: testSuiteId }) => suites().deleteTestSuite({ testSuiteId })],
  ])('stops and stores nothing when %s', async (_, stop) => {
    const suite = await makeSuite();
    let resume = (): void => undefined;
    const reading = new Promise<void>((begun) => {
      running.runs.beforePage = () => {
        begun();
        return new Promise((resolve) => {
          resume = resolve;
        });
      };
    });
    const runId = running.addRun(0, { projectId: suite.projectId });
    await finish(runId, suite.projectId);
    await reading;
    const { jobId } = await waitFor(async () => (await listJudgments(suite))[0]);
    await stop(suite, jobId);
    running.runs.beforePage = () => Promise.resolve();
    resume();
    const job = await untilEnded(async () => (await jobs().getJob({ service: 'quality', jobId })).job);
    expect(job.state).toBe(JobState.CANCELLED);
    expect(await listResults(suite, runId)).toEqual([]);
  });
});

describe('judgments', () => {
  it('RELIABILITY 28: of another team do not exist, and its runs are not judged', async () => {
    const suite = await makeSuite();
    const teamId = uuidv7();
    const foreign = running.addRun(0, { projectId: suite.projectId });
    await finish(foreign, suite.projectId, { teamId });
    const { runId, judgment } = await judge(suite);
    expect((await listJudgments(suite)).map((one) => one.runId)).toEqual([runId]);
    const other = judgments(teamId);
    await expect(other.getTestJudgment({ testJudgmentId: judgment.id })).rejects.toMatchObject({
      reason: 'TEST_JUDGMENT_NOT_FOUND',
    });
    expect((await other.listTestJudgments({ projectId: suite.projectId })).testJudgments).toEqual([]);
    await expect(other.createTestJudgment({ testSuiteId: suite.id, runId })).rejects.toMatchObject({
      reason: 'TEST_SUITE_NOT_FOUND',
    });
  });

  it('are listed by run, suite and state', async () => {
    const suite = await makeSuite();
    const good = await judge(suite);
    const bad = await judge(suite, { samples: undefined });
    const list = async (over: object) =>
      (await judgments().listTestJudgments({ projectId: suite.projectId, ...over })).testJudgments.map(
        (one) => one.runId,
      );
    expect(await list({})).toEqual([bad.runId, good.runId]);
    expect(await list({ runId: good.runId })).toEqual([good.runId]);
    expect(await list({ testSuiteId: suite.id, filter: 'state = JOB_STATE_FAILED' })).toEqual([bad.runId]);
    expect(await list({ testSuiteId: uuidv7() })).toEqual([]);
  });
});
