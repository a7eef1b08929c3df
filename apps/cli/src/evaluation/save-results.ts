import type { TestSuite } from '@noema/contracts/noema/quality/v1/test_suite';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import type { EvaluationDocument, TestResult } from '@noema/evaluation';
import { toResultMessage } from '@noema/judging/tests';
import { asDomainError, DomainError } from '@noema/kernel';
import { findTestSuite } from '../commands/named-resource.js';
import type { Noema } from '../noema.js';
import { JUDGING_PATHS, type JudgingFields } from './new-versions.js';

/** A judged file. */
export interface JudgedFile {
  readonly text: string;
  readonly document: EvaluationDocument;
  readonly run: Run;
  readonly baseline: Run | undefined;
  readonly results: readonly TestResult[];
  /** Whether the suite judges new versions; undefined: as before. */
  readonly judging: JudgingFields | undefined;
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
 * TEST_SUITE_NOT_FOUND for the id of a suite of another project, `precondition` TEST_SUITE_DIFFERS if another client
 * writes another suite of that name at the same time.
 */
export async function saveResults(noema: Noema, name: string, file: JudgedFile): Promise<SavedFile> {
  const { run, baseline, document, results } = file;
  const suite = await matchSuite(noema, name, file);
  const { closedIssueIds } = await noema.testResults.saveTestResults({
    testSuiteId: suite.id,
    testSuiteEtag: suite.etag,
    runId: run.id,
    baselineRunId: baseline?.id ?? '',
    results: document.tests.map((test, at) => toResultMessage(results[at]!, test)),
  });
  return { suiteId: suite.id, closedIssueIds, isDraft: suite.draft };
}

async function matchSuite(noema: Noema, name: string, file: JudgedFile): Promise<TestSuite> {
  const { text, judging, run } = file;
  const { projectId } = run;
  const suite = await findTestSuite(noema, projectId, name);
  if (suite === undefined)
    return orSame(noema, name, file, 'TEST_SUITE_NAME_TAKEN', () =>
      noema.testSuites.createTestSuite({ projectId, displayName: name, document: text, ...judging }),
    );
  if (suite.projectId !== projectId)
    throw new DomainError(
      'not-found',
      'TEST_SUITE_NOT_FOUND',
      `test suite "${name}" is not in the project of the run; name a suite of the project`,
    );
  if (isSame(suite, file)) return suite;
  const { id, etag } = suite;
  return orSame(noema, name, file, 'RESOURCE_CHANGED', () =>
    noema.testSuites.updateTestSuite({
      testSuite: { id, etag, document: text, ...judging },
      updateMask: { paths: ['document', ...(judging ? JUDGING_PATHS : [])] },
    }),
  );
}

const isSame = (suite: TestSuite, { text, judging }: JudgedFile): boolean =>
  suite.document === text &&
  (judging === undefined ||
    (suite.runForNewVersions === judging.runForNewVersions &&
      suite.baselineRule === judging.baselineRule &&
      suite.baselineRunId === judging.baselineRunId));

/** Writes a suite. If another client was faster, returns what it wrote, as long as that is the same. */
async function orSame(
  noema: Noema,
  name: string,
  file: JudgedFile,
  lost: string,
  write: () => Promise<{ readonly testSuite?: TestSuite | undefined }>,
): Promise<TestSuite> {
  try {
    return (await write()).testSuite!;
  } catch (error) {
    if (asDomainError(error).reason !== lost) throw error;
    const other = await findTestSuite(noema, file.run.projectId, name);
    if (other !== undefined && isSame(other, file)) return other;
    throw new DomainError(
      'precondition',
      'TEST_SUITE_DIFFERS',
      `another client writes other tests to the suite "${name}" at the same time; name another suite with --save, or ` +
        'run the command again',
      { cause: error, metadata: { display_name: name } },
    );
  }
}
