import { DomainError } from '@noema/kernel';

export const testSuiteNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'TEST_SUITE_NOT_FOUND',
    `test suite "${id}" does not exist; list the test suites of the project to see which do`,
    { metadata: { test_suite_id: id } },
  );

export const testSuiteNameTaken = (name: string): DomainError =>
  new DomainError(
    'exists',
    'TEST_SUITE_NAME_TAKEN',
    `the project has a test suite "${name}" already; choose another name, or change that suite`,
    { metadata: { display_name: name } },
  );

const refused = (field: string, reason: string, message: string): DomainError =>
  new DomainError('invalid', reason, message, { violations: [{ field, description: message }] });

export const baselineRunMissing = (): DomainError =>
  refused(
    'baseline_run_id',
    'BASELINE_RUN_MISSING',
    'baseline_rule is BASELINE_RULE_FIXED_RUN, and baseline_run_id is empty; name the run',
  );

export const baselineRunUnexpected = (runId: string): DomainError =>
  refused(
    'baseline_run_id',
    'BASELINE_RUN_UNEXPECTED',
    `baseline_run_id is "${runId}", and baseline_rule is not BASELINE_RULE_FIXED_RUN; set that rule, or leave out ` +
      'the run',
  );

export const baselineNotSucceeded = (runId: string): DomainError =>
  new DomainError(
    'precondition',
    'RUN_NOT_SUCCEEDED',
    `the baseline, run "${runId}", has not succeeded; choose a run that has`,
    { metadata: { run_id: runId } },
  );

export const tooManySuites = (max: number): DomainError =>
  new DomainError(
    'exhausted',
    'TEST_SUITES_EXHAUSTED',
    `${max} suites of the project judge new versions, and no more may; put several tests into one suite, or let ` +
      'another suite judge no new versions',
    { metadata: { max: String(max) } },
  );
