import { toResultMessage } from '@noema/agents/tests';
import type { TestSuite } from '@noema/contracts/noema/quality/v1/test_suite';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import type { EvaluationDocument, TestResult } from '@noema/evaluation';
import { DomainError } from '@noema/kernel';
import { findTestSuite } from '../commands/named-resource.js';
import type { Noema } from '../noema.js';

/** A judged file. */
export interface JudgedFile {
  readonly text: string;
  readonly document: EvaluationDocument;
  readonly run: Run;
  readonly baseline: Run | undefined;
  readonly results: readonly TestResult[];
}

export interface SavedFile {
  readonly suiteId: string;
  readonly closedIssueIds: readonly string[];
  /** True if no person has accepted the suite, so that its results do not count. */
  readonly isDraft: boolean;
}

/**
 * Stores the results of a file under a suite of the project of the run. The suite has the tests of the file: a
 * missing suite is created, and one with another document gets the document of the file. Throws `not-found`
 * TEST_SUITE_NOT_FOUND for the id of a suite of another project.
 */
export async function saveResults(noema: Noema, name: string, file: JudgedFile): Promise<SavedFile> {
  const { run, baseline, document, results } = file;
  const suite = await matchSuite(noema, name, file);
  const tests = new Map(document.tests.map((test) => [test.name, test]));
  const { closedIssueIds } = await noema.testResults.saveTestResults({
    testSuiteId: suite.id,
    testSuiteEtag: suite.etag,
    runId: run.id,
    baselineRunId: baseline?.id ?? '',
    results: results.map((result) => toResultMessage(result, tests.get(result.name)!)),
  });
  return { suiteId: suite.id, closedIssueIds, isDraft: suite.draft };
}

async function matchSuite(noema: Noema, name: string, { text, run }: JudgedFile): Promise<TestSuite> {
  const suite = await findTestSuite(noema, run.projectId, name);
  if (suite === undefined) {
    const { projectId } = run;
    return (await noema.testSuites.createTestSuite({ projectId, displayName: name, document: text }))
      .testSuite!;
  }
  if (suite.projectId !== run.projectId)
    throw new DomainError(
      'not-found',
      'TEST_SUITE_NOT_FOUND',
      `test suite "${name}" is not in the project of the run; name a suite of the project`,
    );
  if (suite.document === text) return suite;
  const { id, etag } = suite;
  return (await noema.testSuites.updateTestSuite({ testSuite: { id, etag, document: text } })).testSuite!;
}
