import { DomainError } from '@noema/kernel';

const refused = (reason: string, field: string, message: string): DomainError =>
  new DomainError('invalid', reason, message, { violations: [{ field, description: message }] });

export const issueNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'ISSUE_NOT_FOUND',
    `issue "${id}" does not exist; list the issues of the project to see which do`,
    { metadata: { issue_id: id } },
  );

export const textTooLong = (length: number, max: number): DomainError =>
  refused('TEXT_TOO_LONG', 'text', `text has ${length} characters; at most ${max} are kept`);

export const samplesOutOfRange = (count: number, max: number): DomainError =>
  refused(
    'SAMPLES_OUT_OF_RANGE',
    'samples',
    `the issue has ${count} samples; name 1 to ${max}, or make a slice of them and name that`,
  );

export const subjectOfOtherProject = (field: string, id: string): DomainError =>
  new DomainError(
    'not-found',
    'SUBJECT_NOT_FOUND',
    `${field} "${id}" does not exist in the project of the issue; choose one of the project`,
    { metadata: { field, id } },
  );

export const testNotFailed = (id: string, status: string): DomainError =>
  refused(
    'TEST_NOT_FAILED',
    'test_result_id',
    `test result "${id}" is ${status}; an issue names a test that failed, or that is undecided`,
  );

export const closingTestUnknown = (name: string, known: readonly string[]): DomainError =>
  refused(
    'CLOSING_TEST_UNKNOWN',
    'closing_test.test_name',
    `the suite has no test "${name}"; known: ${known.slice(0, 20).join(', ')}`,
  );

export const labelInvalid = (label: string, why: string): DomainError =>
  refused(
    'LABEL_INVALID',
    'labels',
    `label ${JSON.stringify(label)} ${why}; give 1 to 40 visible characters`,
  );

export const labelsTooMany = (count: number, max: number): DomainError =>
  refused('LABELS_TOO_MANY', 'labels', `the issue has ${count} labels; at most ${max} are kept`);

export const stateMissing = (): DomainError =>
  refused('STATE_MISSING', 'state', 'state is not set; write ISSUE_STATE_OPEN or ISSUE_STATE_CLOSED');
