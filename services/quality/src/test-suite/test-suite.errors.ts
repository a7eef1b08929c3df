import { DomainError } from '@noema/kernel';

const refused = (reason: string, message: string): DomainError =>
  new DomainError('invalid', reason, message, {
    violations: [{ field: 'baseline_run_id', description: message }],
  });

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

export const baselineRunMissing = (): DomainError =>
  refused('BASELINE_RUN_MISSING', 'the baseline is a fixed run; set baseline_run_id to its id');

export const baselineRunUnexpected = (id: string): DomainError =>
  refused(
    'BASELINE_RUN_UNEXPECTED',
    `baseline_run_id is "${id}", and the baseline is no fixed run; set baseline_rule, or leave out the id`,
  );

export const runOfOtherProject = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'RUN_NOT_FOUND',
    `run "${id}" does not exist in the project of the suite; list the runs of the project to see which do`,
    { metadata: { run_id: id } },
  );

export const newVersionsUnsupported = (): DomainError =>
  new DomainError(
    'unsupported',
    'NEW_VERSIONS_UNSUPPORTED',
    'the platform does not judge new versions by itself; leave out run_for_new_versions, and run ' +
      '`noema test --save` when a run has succeeded',
  );
