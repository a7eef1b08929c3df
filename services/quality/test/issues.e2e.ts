import { IssueCommentService } from '@noema/contracts/noema/quality/v1/issue_comment_service';
import { IssueCommentKind } from '@noema/contracts/noema/quality/v1/issue_comment';
import { IssueState } from '@noema/contracts/noema/quality/v1/issue';
import { IssueService } from '@noema/contracts/noema/quality/v1/issue_service';
import { TestStatus } from '@noema/contracts/noema/quality/v1/test_result';
import { TestResultService } from '@noema/contracts/noema/quality/v1/test_result_service';
import { TestSuiteService } from '@noema/contracts/noema/quality/v1/test_suite_service';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { uuidv7 } from '@noema/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningQuality } from './running-quality.js';

let running: RunningQuality;
let projectId: string;
const issues = (options = {}) => running.of(IssueService, options);
const comments = (options = {}) => running.of(IssueCommentService, options);

beforeAll(async () => {
  running = await RunningQuality.start();
  ({ projectId } = running);
});
afterAll(() => running.stop());

const make = async (over = {}) =>
  (await issues().createIssue({ projectId, displayName: 'dim digits', ...over })).issue!;

const samples = (datasetVersionId: string, ...ids: string[]) => ({
  subject: {
    case: 'samples',
    value: { datasetVersionId, samples: ids.map((sampleId) => ({ split: Split.TEST, sampleId })) },
  },
});

describe('issues', () => {
  it('RELIABILITY 7: are created once for a request id, and listed by state', async () => {
    const request = { projectId, displayName: 'once', text: 'all of them', requestId: uuidv7() };
    const { issue } = await issues().createIssue({ ...request, assigneeId: running.member });
    expect((await issues().createIssue({ ...request, assigneeId: running.member })).issue).toEqual(issue);
    expect(issue).toMatchObject({
      ...{ state: IssueState.OPEN, assigneeId: running.member, text: 'all of them', draft: false },
      ...{ subject: { case: undefined } },
    });
    const listed = await issues().listIssues({ projectId, filter: 'state = open AND display_name = "once"' });
    expect(listed.issues).toEqual([issue]);
    await issues().deleteIssue({ issueId: issue!.id });
    await expect(issues().getIssue({ issueId: issue!.id })).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('are about samples, a slice, or a test that failed', async () => {
    const about = samples(running.datasetVersion, 's1', 's2');
    expect((await make(about)).subject).toMatchObject(about.subject);
    const slice = { subject: { case: 'sliceId', value: running.slice } };
    expect((await make(slice)).subject).toEqual(slice.subject);
    const { testSuite } = await running.of(TestSuiteService).createTestSuite({
      ...{ projectId, displayName: 'suite' },
      document: 'version: 1\ntests: [{ name: a, expect: count() = 0 }, { name: b, expect: count() > 0 }]',
    });
    const { results } = await running.of(TestResultService).saveTestResults({
      ...{ testSuiteId: testSuite!.id, runId: running.addRun(0) },
      results: [
        { testName: 'a', status: TestStatus.FAIL, n: 2n, reason: 'fail' },
        { testName: 'b', status: TestStatus.PASS, n: 2n, reason: 'pass' },
      ],
    });
    const [failed, passed] = results.map(({ id }) => ({ subject: { case: 'testResultId', value: id } }));
    expect((await make(failed)).subject).toEqual(failed!.subject);
    await expect(make(passed)).rejects.toMatchObject({ reason: 'TEST_NOT_FAILED' });
    const closingTest = { testSuiteId: testSuite!.id, testName: 'c' };
    await expect(make({ closingTest })).rejects.toMatchObject({ reason: 'CLOSING_TEST_UNKNOWN' });
    await expect(make({ closingTest: { ...closingTest, testSuiteId: uuidv7() } })).rejects.toMatchObject({
      reason: 'TEST_SUITE_NOT_FOUND',
    });
  });

  it.each([
    ['MEMBER_NOT_FOUND', () => ({ assigneeId: uuidv7() })],
    ['SLICE_NOT_FOUND', () => ({ subject: { case: 'sliceId', value: uuidv7() } })],
    ['TEST_RESULT_NOT_FOUND', () => ({ subject: { case: 'testResultId', value: uuidv7() } })],
    ['DATASET_VERSION_NOT_FOUND', () => samples(uuidv7(), 's1')],
    ['SAMPLE_NOT_FOUND', () => samples(running.datasetVersion, 's1', 'x')],
    ['SAMPLES_OUT_OF_RANGE', () => samples(running.datasetVersion)],
    [
      'SAMPLES_OUT_OF_RANGE',
      () => samples(running.datasetVersion, ...Array.from({ length: 101 }, (_, i) => `s${i}`)),
    ],
    [
      'SUBJECT_NOT_FOUND',
      () => ({ projectId: uuidv7(), subject: { case: 'sliceId', value: running.slice } }),
    ],
    ['TEXT_TOO_LONG', () => ({ text: 'x'.repeat(10_001) })],
    ['DISPLAY_NAME_INVALID', () => ({ displayName: '' })],
    ['LABEL_INVALID', () => ({ labels: ['x'.repeat(41)] })],
  ])('are refused with %s', async (reason, over) => {
    await expect(make(over())).rejects.toMatchObject({ reason });
  });

  it('have labels, by which they are listed', async () => {
    const own = uuidv7();
    const labels = { both: ['ink', 'data'], data: ['data', 'data'], none: [] };
    for (const displayName of Object.keys(labels) as (keyof typeof labels)[])
      await make({ projectId: own, displayName, labels: labels[displayName] });
    const names = async (request = {}) =>
      (await issues().listIssues({ projectId: own, ...request })).issues.map(
        ({ displayName }) => displayName,
      );
    expect(await names()).toEqual(['none', 'data', 'both']);
    expect(await names({ labels: ['data'] })).toEqual(['data', 'both']);
    expect(await names({ labels: ['ink', 'data'], filter: 'state = open' })).toEqual(['both']);
    // A label is compared as a whole.
    expect(await names({ labels: ['dat'] })).toEqual([]);
    const first = await issues().listIssues({ projectId: own, labels: ['data'], pageSize: 1 });
    const second = { projectId: own, labels: ['data'], pageSize: 1, pageToken: first.nextPageToken };
    expect((await issues().listIssues(second)).issues).toMatchObject([{ displayName: 'both' }]);
    await expect(issues().listIssues({ ...second, labels: ['ink'] })).rejects.toMatchObject({
      reason: 'PAGE_TOKEN_INVALID',
    });
    const { id } = first.issues[0]!;
    const closed = { issue: { id, state: IssueState.CLOSED }, updateMask: { paths: ['state'] } };
    expect((await issues().updateIssue(closed)).issue).toMatchObject({ labels: ['data'] });
    expect((await issues().listIssueLabels({ projectId: own })).issueLabels).toMatchObject([
      { name: 'data', openIssues: 1, issues: 2 },
      { name: 'ink', openIssues: 1, issues: 1 },
    ]);
    const cleared = await issues().updateIssue({ issue: { id }, updateMask: { paths: ['labels'] } });
    expect(cleared.issue!.labels).toEqual([]);
    expect((await issues({ teamId: uuidv7() }).listIssueLabels({ projectId: own })).issueLabels).toEqual([]);
  });

  it('change by a mask, and record their state as comments', async () => {
    const { id } = await make({ assigneeId: running.member, draft: true });
    const update = async (fields: object, ...paths: string[]) =>
      (await issues().updateIssue({ issue: { id, ...fields }, updateMask: { paths } })).issue!;
    expect(await update({}, 'assignee_id', 'draft')).toMatchObject({ assigneeId: '', draft: false });
    expect(await update({ state: IssueState.CLOSED }, 'state')).toMatchObject({
      ...{ state: IssueState.CLOSED, closeTime: expect.anything(), displayName: 'dim digits' },
    });
    await expect(update({}, 'state')).rejects.toMatchObject({ reason: 'STATE_MISSING' });
    const reopened = await update({ state: IssueState.OPEN }, 'state');
    expect([reopened.state, reopened.closeTime]).toEqual([IssueState.OPEN, undefined]);
    const { issueComments } = await comments().listIssueComments({ issueId: id });
    expect(issueComments.map(({ kind }) => kind)).toEqual([
      IssueCommentKind.CLOSED,
      IssueCommentKind.REOPENED,
    ]);
    await expect(
      comments().deleteIssueComment({ issueCommentId: issueComments[0]!.id }),
    ).rejects.toMatchObject({ reason: 'COMMENT_OF_PLATFORM' });
  });
});

it('an issue of a member that left the team can still be changed, and loses the member last', async () => {
  const leaving = uuidv7();
  running.members.add(leaving);
  const issue = await make({ assigneeId: leaving });
  const { issueComment } = await comments().createIssueComment({
    ...{ issueId: issue.id, text: 'see', mentionedMemberIds: [leaving] },
  });
  running.members.delete(leaving);
  const update = (fields: object) => issues().updateIssue({ issue: { id: issue.id, ...fields } });
  expect((await update({ text: 'more', assigneeId: leaving })).issue).toMatchObject({ assigneeId: leaving });
  const edited = await comments().updateIssueComment({
    issueComment: { id: issueComment!.id, text: 'seen', mentionedMemberIds: [leaving] },
  });
  expect(edited.issueComment).toMatchObject({ text: 'seen', mentionedMemberIds: [leaving] });
  await update({ assigneeId: running.member });
  await expect(update({ assigneeId: leaving })).rejects.toMatchObject({ reason: 'MEMBER_NOT_FOUND' });
});

describe('comments', () => {
  it('mention members and lead to a view', async () => {
    const { id: issueId } = await make();
    const link = '/projects/7/runs/9/population?class=3#top';
    const { issueComment } = await comments().createIssueComment({
      ...{ issueId, text: 'look', link, mentionedMemberIds: [running.member, running.member] },
    });
    expect(issueComment).toMatchObject({
      ...{ issueId, projectId, text: 'look', link, mentionedMemberIds: [running.member] },
      kind: IssueCommentKind.TEXT,
    });
    await comments().createIssueComment({ issueId, text: 'second' });
    const { issueComments } = await comments().listIssueComments({ issueId });
    expect(issueComments.map(({ text }) => text)).toEqual(['look', 'second']);
  });

  it.each([
    ['COMMENT_TEXT_INVALID', { text: ' \n' }],
    ['COMMENT_TEXT_INVALID', { text: 'x'.repeat(10_001) }],
    ['MEMBER_NOT_FOUND', { mentionedMemberIds: [uuidv7()] }],
    ['MENTIONS_TOO_MANY', { mentionedMemberIds: Array.from({ length: 51 }, () => uuidv7()) }],
    ['LINK_INVALID', { link: 'https://evil.example' }],
    ['LINK_INVALID', { link: '//evil.example' }],
    ['LINK_INVALID', { link: '/v1/projects' }],
    ['LINK_INVALID', { link: `/projects/${'7'.repeat(10_000)}` }],
    ['LINK_INVALID', { link: 'javascript:alert(1)' }],
  ])('are refused with %s', async (reason, over) => {
    const { id: issueId } = await make();
    await expect(comments().createIssueComment({ issueId, text: 'x', ...over })).rejects.toMatchObject({
      reason,
    });
  });

  it('mention too many members when they change, and no member is looked up', async () => {
    const { id: issueId } = await make();
    const { issueComment } = await comments().createIssueComment({ issueId, text: 'x' });
    const mentionedMemberIds = Array.from({ length: 51 }, () => uuidv7());
    await expect(
      comments().updateIssueComment({ issueComment: { id: issueComment!.id, mentionedMemberIds } }),
    ).rejects.toMatchObject({ reason: 'MENTIONS_TOO_MANY' });
  });

  it('are changed by their author alone, and deleted by the author or an admin', async () => {
    const { id: issueId } = await make();
    const [ann, bob] = [uuidv7(), uuidv7()];
    const { issueComment } = await comments({ subject: ann, role: 'editor' }).createIssueComment({
      ...{ issueId, text: 'mine', link: '/projects/7' },
    });
    const { id } = issueComment!;
    const edit = (subject: string) =>
      comments({ subject, role: 'editor' }).updateIssueComment({ issueComment: { id, text: 'changed' } });
    await expect(edit(bob)).rejects.toMatchObject({ kind: 'forbidden', reason: 'COMMENT_NOT_YOURS' });
    expect((await edit(ann)).issueComment).toMatchObject({ text: 'changed', link: '/projects/7' });
    await expect(
      comments({ subject: bob, role: 'editor' }).deleteIssueComment({ issueCommentId: id }),
    ).rejects.toMatchObject({ reason: 'COMMENT_NOT_YOURS' });
    await comments({ subject: bob, role: 'admin' }).deleteIssueComment({ issueCommentId: id });
    expect((await comments().listIssueComments({ issueId })).issueComments).toEqual([]);
  });
});

it('RELIABILITY 28: issues and comments of another team do not exist', async () => {
  const { id: issueId } = await make();
  const { issueComment } = await comments().createIssueComment({ issueId, text: 'x' });
  const stranger = { teamId: uuidv7() };
  for (const call of [
    () => issues(stranger).getIssue({ issueId }),
    () => issues(stranger).updateIssue({ issue: { id: issueId, displayName: 'x' } }),
    () => issues(stranger).deleteIssue({ issueId }),
    () => comments(stranger).listIssueComments({ issueId }),
    () => comments(stranger).createIssueComment({ issueId, text: 'x' }),
    () => comments(stranger).updateIssueComment({ issueComment: { id: issueComment!.id, text: 'y' } }),
    () => comments(stranger).deleteIssueComment({ issueCommentId: issueComment!.id }),
  ])
    await expect(call()).rejects.toMatchObject({ kind: 'not-found' });
  expect((await issues(stranger).listIssues({ projectId })).issues).toEqual([]);
});
