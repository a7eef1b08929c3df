import { IssueService } from '@noema/contracts/noema/quality/v1/issue_service';
import { IssueCommentService } from '@noema/contracts/noema/quality/v1/issue_comment_service';
import { IssueCommentKind } from '@noema/contracts/noema/quality/v1/issue_comment';
import { IssueState } from '@noema/contracts/noema/quality/v1/issue';
import { TestStatus } from '@noema/contracts/noema/quality/v1/test_result';
import { TestResultService } from '@noema/contracts/noema/quality/v1/test_result_service';
import { BaselineRule } from '@noema/contracts/noema/quality/v1/test_suite';
import { TestSuiteService } from '@noema/contracts/noema/quality/v1/test_suite_service';
import { RunState } from '@noema/contracts/noema/training/v1/run';
import { uuidv7 } from '@noema/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningQuality } from './running-quality.js';

const document = `version: 1
tests:
  - { name: recognisable, expect: mean(correct) >= 0.9 }
  - { name: no regression, expect: "mean(loss) <= previous * 1.05" }
`;

let running: RunningQuality;
let projectId: string;
const suites = (teamId = running.teamId) => running.of(TestSuiteService, { teamId });
const results = (teamId = running.teamId) => running.of(TestResultService, { teamId });
const issues = () => running.of(IssueService);

beforeAll(async () => {
  running = await RunningQuality.start();
  ({ projectId } = running);
});
afterAll(() => running.stop());

const makeSuite = async (displayName: string, over = {}) =>
  (await suites().createTestSuite({ projectId, displayName, document, ...over })).testSuite!;

const judged = (first: TestStatus, second = TestStatus.PASS) => [
  { testName: 'no regression', status: second, n: 100n, reason: 'pass: exact' },
  {
    testName: 'recognisable',
    status: first,
    value: 0.85,
    interval: { low: 0.8, high: 0.89 },
    n: 500n,
    limit: 0.9,
    decidingN: 0n,
    reason: 'fail: mean(correct) is 0.85 [0.8, 0.89] of 500 samples, expected mean(correct) >= 0.9',
  },
];

describe('suites', () => {
  it('keep the document and the names of its tests', async () => {
    const suite = await makeSuite('kept');
    expect((await suites().getTestSuite({ testSuiteId: suite.id })).testSuite).toEqual(suite);
    expect(suite).toMatchObject({
      document,
      testNames: ['recognisable', 'no regression'],
      runForNewVersions: false,
      baselineRule: BaselineRule.NONE,
    });
    const judging = { runForNewVersions: true, baselineRule: BaselineRule.FIXED_RUN };
    const baselineRunId = running.addRun(0);
    expect(
      (await suites().updateTestSuite({ testSuite: { id: suite.id, ...judging, baselineRunId } })).testSuite,
    ).toMatchObject({ ...judging, baselineRunId });
    const { testSuite } = await suites().updateTestSuite({
      testSuite: { id: suite.id, document: document.replace('recognisable', 'other') },
    });
    expect(testSuite).toMatchObject({ displayName: 'kept', testNames: ['other', 'no regression'] });
    await suites().deleteTestSuite({ testSuiteId: suite.id });
    await expect(suites().getTestSuite({ testSuiteId: suite.id })).rejects.toMatchObject({
      reason: 'TEST_SUITE_NOT_FOUND',
    });
  });

  it.each([
    ['TESTS_MISSING', { document: 'version: 1' }],
    ['TEST_NAME_REPEATED', { document: document.replace('no regression', 'recognisable') }],
    ['EXPRESSION_INVALID|EVALUATION_DOCUMENT_INVALID', { document: document.replace('>= 0.9', '~ 0.9') }],
    ['BASELINE_RUN_MISSING', { baselineRule: BaselineRule.FIXED_RUN }],
    ['BASELINE_RUN_UNEXPECTED', { baselineRunId: uuidv7() }],
    ['RUN_NOT_FOUND', { baselineRule: BaselineRule.FIXED_RUN, baselineRunId: uuidv7() }],
    ['DISPLAY_NAME_INVALID', { document: document.replace('recognisable', 'x'.repeat(3000)) }],
  ])('are refused with %s', async (reason, over) => {
    await expect(makeSuite('refused', over)).rejects.toMatchObject({
      reason: expect.stringMatching(`^(${reason})$`),
    });
  });
});

describe('results', () => {
  it('are stored one a test, in the order of the suite, and replaced when an epoch is judged again', async () => {
    const { id: testSuiteId, etag } = await makeSuite('stored');
    const runId = running.addRun(0);
    const save = (status: TestStatus) =>
      results().saveTestResults({ testSuiteId, testSuiteEtag: etag, runId, results: judged(status) });
    const first = await save(TestStatus.FAIL);
    expect(first.results).toMatchObject([
      {
        ...{ testName: 'recognisable', status: TestStatus.FAIL, value: 0.85, n: 500n, limit: 0.9 },
        ...{ interval: { low: 0.8, high: 0.89 }, epoch: 3, modelVersionId: 'model-version', runId },
      },
      { testName: 'no regression', status: TestStatus.PASS, n: 100n },
    ]);
    expect(first.results[1]).not.toHaveProperty('value', expect.anything());
    const second = await save(TestStatus.UNDECIDED);
    expect(second.results.map(({ id }) => id)).toEqual(first.results.map(({ id }) => id));
    const listed = await results().listTestResults({ projectId, runId, filter: 'status = undecided' });
    expect(listed.testResults).toEqual([second.results[0]]);
  });

  it.each([
    ['TEST_RESULTS_DIFFER', { results: judged(TestStatus.FAIL).slice(1) }],
    ['TEST_RESULTS_DIFFER', { results: [...judged(TestStatus.FAIL), ...judged(TestStatus.PASS)] }],
    ['TEST_RESULT_INVALID', { results: judged(TestStatus.UNSPECIFIED) }],
    ['TEST_RESULT_INVALID', { results: judged(TestStatus.FAIL).map((r) => ({ ...r, reason: ' ' })) }],
    ['TEST_RESULT_INVALID', { results: judged(TestStatus.FAIL).map((r) => ({ ...r, value: Infinity })) }],
    ['TEST_RESULT_INVALID', { results: judged(TestStatus.FAIL).map((r) => ({ ...r, n: 2n ** 63n - 1n })) }],
    ['TEST_RESULT_INVALID', { results: judged(TestStatus.FAIL).map((r) => ({ ...r, decidingN: -1n })) }],
    ['RESOURCE_CHANGED', { testSuiteEtag: 'r9' }],
    ['RUN_NOT_FOUND', { runId: uuidv7() }],
    ['RUN_NOT_FOUND', { baselineRunId: uuidv7() }],
  ])('are refused with %s', async (reason, over) => {
    const { id: testSuiteId } = await makeSuite(`refusing ${uuidv7()}`);
    const request = { testSuiteId, runId: running.addRun(0), results: judged(TestStatus.FAIL), ...over };
    await expect(results().saveTestResults(request)).rejects.toMatchObject({ reason });
  });

  it('of a run that has not succeeded, or is in another project, are refused', async () => {
    const { id: testSuiteId } = await makeSuite('running');
    for (const [over, reason] of [
      [{ state: RunState.RUNNING }, 'RUN_NOT_SUCCEEDED'],
      [{ projectId: uuidv7() }, 'RUN_NOT_FOUND'],
    ] as const)
      await expect(
        results().saveTestResults({
          ...{ testSuiteId, runId: running.addRun(0, over), results: judged(TestStatus.PASS) },
        }),
      ).rejects.toMatchObject({ reason });
  });

  it('are counted by the newest run of each test of an accepted suite, and drawn as a badge', async () => {
    const of = { projectId: uuidv7() };
    const count = () => results().countTestResults(of);
    expect(await count()).toMatchObject({ passing: 0, failing: 0, undecided: 0, unjudged: 0 });
    const suite = await makeSuite('counted', of);
    expect(await count()).toMatchObject({ passing: 0, failing: 0, undecided: 0, unjudged: 2 });
    const save = (testSuiteId: string, minutes: number, status: TestStatus) =>
      results().saveTestResults({
        ...{ testSuiteId, runId: running.addRun(minutes, of), results: judged(status) },
      });
    await save(suite.id, 5, TestStatus.FAIL);
    // An older version that is judged later does not count.
    await save(suite.id, -5, TestStatus.UNDECIDED);
    await save((await makeSuite('draft', { ...of, draft: true })).id, 9, TestStatus.UNDECIDED);
    expect(await count()).toMatchObject({ passing: 1, failing: 1, undecided: 0, unjudged: 0 });
    const { body } = await results().getTestBadge(of);
    expect(body!.contentType).toBe('image/svg+xml');
    expect(Buffer.from(body!.data).toString()).toContain('tests: 1 failing, 1 passing');
  });

  it('count only by the present document of their suite', async () => {
    const of = { projectId: uuidv7() };
    const suite = await makeSuite('changing', of);
    const save = () =>
      results().saveTestResults({
        ...{ testSuiteId: suite.id, runId: running.addRun(0, of), results: judged(TestStatus.PASS) },
      });
    const change = (text: string) =>
      suites().updateTestSuite({ testSuite: { id: suite.id, displayName: 'renamed', document: text } });
    const outdated = async () =>
      (await results().listTestResults({ ...of, testSuiteId: suite.id })).testResults.map(
        (one) => one.outdated,
      );
    await save();
    await suites().updateTestSuite({ testSuite: { id: suite.id, displayName: 'another name' } });
    expect(await outdated()).toEqual([false, false]);
    await change(document.replace('>= 0.9', '>= 0.99'));
    expect(await outdated()).toEqual([true, true]);
    expect(await results().countTestResults(of)).toMatchObject({ passing: 0, unjudged: 2 });
    const { body } = await results().getTestBadge(of);
    expect(Buffer.from(body!.data).toString()).toContain('tests: 2 not judged');
    await save();
    expect(await results().countTestResults(of)).toMatchObject({ passing: 2, unjudged: 0 });
    await change(document);
    expect(await results().countTestResults(of)).toMatchObject({ passing: 2, unjudged: 0 });
  });

  it('RELIABILITY 28: of another team do not exist', async () => {
    const suite = await makeSuite('hidden');
    const { results: saved } = await results().saveTestResults({
      ...{ testSuiteId: suite.id, runId: running.addRun(0), results: judged(TestStatus.PASS) },
    });
    const stranger = uuidv7();
    for (const call of [
      () => suites(stranger).getTestSuite({ testSuiteId: suite.id }),
      () => suites(stranger).updateTestSuite({ testSuite: { id: suite.id, displayName: 'x' } }),
      () => suites(stranger).deleteTestSuite({ testSuiteId: suite.id }),
      () => results(stranger).getTestResult({ testResultId: saved[0]!.id }),
      () =>
        results(stranger).saveTestResults({
          ...{ testSuiteId: suite.id, runId: saved[0]!.runId, results: judged(TestStatus.PASS) },
        }),
    ])
      await expect(call()).rejects.toMatchObject({ kind: 'not-found' });
    expect((await results(stranger).listTestResults({ projectId })).testResults).toEqual([]);
  });
});

describe('an issue whose test passes', () => {
  it('in a newer version closes, and a comment reports it', async () => {
    const { id: testSuiteId } = await makeSuite('closing');
    const save = (minutes: number, status: TestStatus) =>
      results().saveTestResults({
        ...{ testSuiteId, runId: running.addRun(minutes), results: judged(status) },
      });
    const failed = (await save(5, TestStatus.FAIL)).results[0]!;
    const make = async (over = {}) =>
      (
        await issues().createIssue({
          ...{ projectId, displayName: 'dim digits', closingTest: { testSuiteId, testName: 'recognisable' } },
          ...{ subject: { case: 'testResultId', value: failed.id }, ...over },
        })
      ).issue!;
    const issue = await make();
    const draft = await make({ draft: true });
    const other = await make({ closingTest: undefined });
    expect((await save(4, TestStatus.PASS)).closedIssueIds).toEqual([]);
    expect((await save(6, TestStatus.UNDECIDED)).closedIssueIds).toEqual([]);
    const passed = await save(7, TestStatus.PASS);
    expect(passed.closedIssueIds).toEqual([issue.id]);
    const state = async (issueId: string) => (await issues().getIssue({ issueId })).issue!;
    expect(await state(issue.id)).toMatchObject({ state: IssueState.CLOSED, closeTime: expect.anything() });
    for (const { id } of [draft, other]) expect((await state(id)).state).toBe(IssueState.OPEN);
    const { issueComments } = await running.of(IssueCommentService).listIssueComments({ issueId: issue.id });
    expect(issueComments).toMatchObject([
      {
        ...{ kind: IssueCommentKind.CLOSED_BY_TEST, testResultId: passed.results[0]!.id },
        ...{
          createdBy: 'quality',
          text: expect.stringContaining('"recognisable" passes in a newer version'),
        },
      },
    ]);
    // It opens again for versions that are newer than this moment.
    await issues().updateIssue({ issue: { id: issue.id, state: IssueState.OPEN } });
    expect((await save(-1, TestStatus.PASS)).closedIssueIds).toEqual([]);
    expect((await save(8, TestStatus.PASS)).closedIssueIds).toEqual([issue.id]);
  });
});
