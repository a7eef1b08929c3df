import { DomainError } from '@noema/kernel';

const refused = (reason: string, message: string): DomainError =>
  new DomainError('invalid', reason, message, { violations: [{ field: 'results', description: message }] });

export const testResultNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'TEST_RESULT_NOT_FOUND',
    `test result "${id}" does not exist; list the test results of the project to see which do`,
    { metadata: { test_result_id: id } },
  );

export const testResultsDiffer = (suite: string, missing: readonly string[], other: readonly string[]) =>
  refused(
    'TEST_RESULTS_DIFFER',
    `the results are not one for each test of the suite "${suite}"` +
      (missing.length > 0 ? `; missing: ${missing.slice(0, 10).join(', ')}` : '') +
      (other.length > 0 ? `; unknown or repeated: ${other.slice(0, 10).join(', ')}` : ''),
  );

export const testResultInvalid = (test: string, why: string): DomainError =>
  refused('TEST_RESULT_INVALID', `the result of the test "${test}" ${why}`);

export const runOfOtherProject = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'RUN_NOT_FOUND',
    `run "${id}" does not exist in the project of the suite; list the runs of the project to see which do`,
    { metadata: { run_id: id } },
  );

export const runNotSucceeded = (id: string): DomainError =>
  new DomainError(
    'precondition',
    'RUN_NOT_SUCCEEDED',
    `run "${id}" has not succeeded; store results when it has`,
    { metadata: { run_id: id } },
  );
