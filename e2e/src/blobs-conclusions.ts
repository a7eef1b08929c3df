import type { RestCaller } from './rest-caller.js';

interface Named {
  readonly id: string;
}

/** Makes a dashboard, a suite with a result of the run, and an issue with a comment. Returns their ids. */
export async function concludeBlobs(
  rest: RestCaller,
  { name, projectId, runId }: { readonly name: string; readonly projectId: string; readonly runId: string },
): Promise<Record<string, string>> {
  const of = (noun: string): string => `/v1/projects/${projectId}/${noun}`;
  const dashboard = await rest.make<Named>(of('dashboards'), 'dashboard', {
    displayName: name,
    document: 'version: 1\ncharts:\n  - { reduce: confusion }\n',
  });
  const suite = await rest.make<Named>(of('test-suites'), 'testSuite', {
    displayName: name,
    document: 'version: 1\ntests: [{ name: a, expect: count() > 0 }]',
  });
  const { body: saved } = await rest.post(`/v1/test-suites/${suite.id}/results`, {
    runId,
    results: [{ testName: 'a', status: 'TEST_STATUS_FAIL', n: '1', reason: 'fail: count() is 0' }],
  });
  const [result] = saved['results'] as Named[];
  // A suite of its own: a judgment replaces the results of a suite.
  const judging = await rest.make<Named>(of('test-suites'), 'testSuite', {
    displayName: `${name}, judged`,
    document: 'version: 1\ntests: [{ name: a, expect: count() > 0 }]',
  });
  const judgment = await rest.make<Named>(`/v1/test-suites/${judging.id}/judgments`, 'testJudgment', {
    runId,
  });
  const issue = await rest.make<Named>(of('issues'), 'issue', {
    displayName: name,
    testResultId: result!.id,
  });
  const comment = await rest.make<Named>(`/v1/issues/${issue.id}/comments`, 'issueComment', { text: 'x' });
  return {
    dashboard_id: dashboard.id,
    'dashboard.id': dashboard.id,
    test_suite_id: suite.id,
    'test_suite.id': suite.id,
    test_result_id: result!.id,
    test_judgment_id: judgment.id,
    issue_id: issue.id,
    'issue.id': issue.id,
    issue_comment_id: comment.id,
    'issue_comment.id': comment.id,
  };
}
