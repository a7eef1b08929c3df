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

export const newVersionsUnsupported = (): DomainError =>
  new DomainError(
    'unsupported',
    'NEW_VERSIONS_UNSUPPORTED',
    'the platform does not judge new versions by itself; leave out run_for_new_versions, and run ' +
      '`noema test --save` when a run has succeeded',
  );

export const baselineUnsupported = (): DomainError =>
  new DomainError(
    'unsupported',
    'BASELINE_UNSUPPORTED',
    'the platform does not judge new versions by itself, so that a suite has no baseline; leave out baseline_rule ' +
      'and baseline_run_id, and name the run with `noema test --save --baseline`',
  );
