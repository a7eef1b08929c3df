import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { IssueCommentKind, type IssueCommentSchema } from '@noema/contracts/noema/quality/v1/issue_comment';
import { type IssueSchema, IssueState } from '@noema/contracts/noema/quality/v1/issue';
import { IssueCommentService } from '@noema/contracts/noema/quality/v1/issue_comment_service';
import { IssueService } from '@noema/contracts/noema/quality/v1/issue_service';
import type { TestJudgmentSchema } from '@noema/contracts/noema/quality/v1/test_judgment';
import { TestJudgmentService } from '@noema/contracts/noema/quality/v1/test_judgment_service';
import { type TestResultSchema, TestStatus } from '@noema/contracts/noema/quality/v1/test_result';
import { TestResultService } from '@noema/contracts/noema/quality/v1/test_result_service';
import { TestSuiteService } from '@noema/contracts/noema/quality/v1/test_suite_service';
import type { TestSuiteSchema } from '@noema/contracts/noema/quality/v1/test_suite';
import { MemberService } from '@noema/contracts/noema/workspace/v1/member_service';
import { DomainError } from '@noema/kernel';
import { peer } from '@noema/testing';
import { IDS } from './synthetic-ids.js';

type Fields<T> = Omit<T, '$typeName' | '$unknown'>;
export type SuiteRecord = Fields<Exclude<MessageInitShape<typeof TestSuiteSchema>, { $typeName: string }>>;
export type ResultRecord = Fields<Exclude<MessageInitShape<typeof TestResultSchema>, { $typeName: string }>>;
export type IssueRecord = Fields<Exclude<MessageInitShape<typeof IssueSchema>, { $typeName: string }>>;
export type JudgmentRecord = Fields<
  Exclude<MessageInitShape<typeof TestJudgmentSchema>, { $typeName: string }>
>;
type CommentRecord = Fields<Exclude<MessageInitShape<typeof IssueCommentSchema>, { $typeName: string }>>;

const MADE = timestampFromDate(new Date('2026-11-01T12:00:00Z'));
const PREFIX = IDS.project.slice(0, -3);
const COMMON = { projectId: IDS.project, createdBy: 'ann', createTime: MADE, updateTime: MADE };
const MEMBERS = ['Ann Archer', 'Bo'].map((displayName, at) => ({
  id: at === 0 ? 'ann' : `${PREFIX}98${at}`,
  displayName,
}));

/** Test suites with results, and issues, of a synthetic platform. */
export interface QualityOptions {
  readonly suites?: readonly SuiteRecord[];
  /** Results of the first suite for the runs of the platform. */
  readonly results?: readonly ResultRecord[];
  readonly issues?: readonly IssueRecord[];
  /** Lists the judgments at the time of a request; it may throw. Default: none. */
  readonly judgments?: () => JudgmentRecord[];
}

/** The services of quality in memory. A judgment of a run passes all tests at once. */
export function syntheticQuality({
  suites = [],
  results = [],
  issues = [],
  judgments = () => [],
}: QualityOptions) {
  const stored = suites.map(
    (suite, at): SuiteRecord => ({ ...COMMON, ...suite, id: `${PREFIX}${600 + at}` }),
  );
  const judged: ResultRecord[] = results.map((result, at) => ({
    ...{ ...COMMON, testSuiteId: `${PREFIX}600`, runId: IDS.run, epoch: 1 },
    ...result,
    id: `${PREFIX}${610 + at}`,
  }));
  const opened = issues.map((issue, at): IssueRecord => toIssue(issue, at));
  const comments: CommentRecord[] = [];
  const find = <T extends { readonly id?: string }>(all: readonly T[], id: string, noun: string): T => {
    const one = all.find((other) => other.id === id);
    if (one === undefined) throw new DomainError('not-found', `${noun}_NOT_FOUND`, `there is no ${id}`);
    return one;
  };
  const replace = <T extends { readonly id?: string }>(all: T[], change: T, paths: readonly string[]): T => {
    const at = all.findIndex(({ id }) => id === change.id);
    const values = paths.map((path) =>
      path.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    );
    const changed = values.map((name) => [name, change[name as keyof T]] as const);
    all[at] = { ...all[at]!, ...Object.fromEntries(changed) };
    return all[at];
  };
  const comment = (record: CommentRecord): CommentRecord => {
    const added = { ...COMMON, id: `${PREFIX}${800 + comments.length}`, ...record };
    comments.push(added);
    return added;
  };
  return [
    peer(TestSuiteService, {
      listTestSuites: () => ({ testSuites: stored.toReversed() }),
      getTestSuite: ({ testSuiteId }) => ({ testSuite: find(stored, testSuiteId, 'TEST_SUITE') }),
      createTestSuite: ({ displayName, document, baselineRule, runForNewVersions }) => {
        const names = [...document.matchAll(/name: ([^,}]+)/g)].map(([, name]) => name!.trim());
        const suite = { displayName, document, baselineRule, runForNewVersions, testNames: names };
        stored.push({ ...COMMON, ...suite, id: `${PREFIX}${600 + stored.length}` });
        return { testSuite: stored.at(-1)! };
      },
      updateTestSuite: ({ testSuite, updateMask }) => {
        if (testSuite?.runForNewVersions === true)
          throw new DomainError(
            'unsupported',
            'NEW_VERSIONS_UNSUPPORTED',
            'new versions are not judged here',
          );
        return { testSuite: replace(stored, testSuite!, updateMask?.paths ?? []) };
      },
      deleteTestSuite: ({ testSuiteId }) => {
        stored.splice(stored.indexOf(find(stored, testSuiteId, 'TEST_SUITE')), 1);
        return {};
      },
    }),
    peer(TestResultService, {
      listTestResults: ({ testSuiteId }) => ({
        testResults: judged.filter((one) => testSuiteId === '' || one.testSuiteId === testSuiteId),
      }),
      getTestResult: ({ testResultId }) => ({ testResult: find(judged, testResultId, 'TEST_RESULT') }),
      countTestResults: () => {
        const ofRun = judged.filter(({ runId }) => runId === IDS.run);
        const count = (status: TestStatus): number => ofRun.filter((one) => one.status === status).length;
        const [passing, failing] = [count(TestStatus.PASS), count(TestStatus.FAIL)];
        return { passing, failing, undecided: count(TestStatus.UNDECIDED) };
      },
    }),
    peer(TestJudgmentService, {
      createTestJudgment: ({ testSuiteId, runId, epoch }) => {
        for (const testName of find(stored, testSuiteId, 'TEST_SUITE').testNames ?? [])
          judged.push({
            ...{
              ...COMMON,
              id: `${PREFIX}${610 + judged.length}`,
              testSuiteId,
              runId,
              testName,
              epoch: epoch || 1,
            },
            ...{ status: TestStatus.PASS, value: 0.98, n: 100n, reason: `pass: ${testName}` },
          });
        return { testJudgment: { testSuiteId, runId, state: JobState.SUCCEEDED } };
      },
      listTestJudgments: () => ({ testJudgments: judgments() }),
    }),
    peer(IssueService, {
      listIssues: ({ filter, labels }) => ({
        issues: opened
          .filter((issue) => labels.every((label) => issue.labels?.includes(label)))
          .filter(({ state }) =>
            filter.includes('CLOSED')
              ? state === IssueState.CLOSED
              : !filter.includes('OPEN') || state === IssueState.OPEN,
          )
          .toReversed(),
      }),
      getIssue: ({ issueId }) => ({ issue: find(opened, issueId, 'ISSUE') }),
      listIssueLabels: () => ({
        issueLabels: [...new Set(opened.flatMap(({ labels = [] }) => labels))]
          .sort()
          .map((name) => ({ name })),
      }),
      createIssue: ({ displayName, text, assigneeId, subject, closingTest, labels }) => {
        opened.push(toIssue({ displayName, text, assigneeId, subject, closingTest, labels }, opened.length));
        return { issue: opened.at(-1)! };
      },
      updateIssue: ({ issue, updateMask }) => {
        const paths = updateMask?.paths ?? [];
        if (paths.includes('state'))
          comment({
            issueId: issue!.id,
            kind: issue!.state === IssueState.OPEN ? IssueCommentKind.REOPENED : IssueCommentKind.CLOSED,
          });
        return { issue: replace(opened, issue as IssueRecord, paths) };
      },
      deleteIssue: ({ issueId }) => {
        opened.splice(opened.indexOf(find(opened, issueId, 'ISSUE')), 1);
        return {};
      },
    }),
    peer(IssueCommentService, {
      listIssueComments: ({ issueId }) => ({
        issueComments: comments.filter((one) => one.issueId === issueId),
      }),
      createIssueComment: ({ issueId, text, link, mentionedMemberIds }) => ({
        issueComment: comment({ issueId, text, link, mentionedMemberIds, kind: IssueCommentKind.TEXT }),
      }),
      updateIssueComment: ({ issueComment }) => {
        const { id, text, link, mentionedMemberIds } = issueComment!;
        const found = find(comments, id, 'ISSUE_COMMENT');
        const updateTime = timestampFromDate(new Date('2026-11-02T12:00:00Z'));
        return { issueComment: Object.assign(found, { text, link, mentionedMemberIds, updateTime }) };
      },
      deleteIssueComment: ({ issueCommentId }) => {
        comments.splice(comments.indexOf(find(comments, issueCommentId, 'ISSUE_COMMENT')), 1);
        return {};
      },
    }),
    peer(MemberService, { listMembers: () => ({ members: MEMBERS }) }),
  ];
}

const toIssue = (issue: IssueRecord, at: number): IssueRecord => ({
  ...{ ...COMMON, state: IssueState.OPEN },
  ...issue,
  id: `${PREFIX}${700 + at}`,
});
