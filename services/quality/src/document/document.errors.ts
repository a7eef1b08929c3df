import { asDomainError, DomainError } from '@noema/kernel';

const refused = (reason: string, message: string): DomainError =>
  new DomainError('invalid', reason, message, {
    violations: [{ field: 'document', description: message }],
  });

export const documentMissing = (): DomainError =>
  refused('DOCUMENT_MISSING', 'document is empty; write a YAML document that starts with "version: 1"');

export const documentTooLong = (length: number, max: number): DomainError =>
  refused('DOCUMENT_TOO_LONG', `document has ${length} characters; at most ${max} are kept`);

export const testsMissing = (): DomainError =>
  refused('TESTS_MISSING', 'document has no tests; add a list "tests" with at least one');

export const testNameRepeated = (name: string): DomainError =>
  refused('TEST_NAME_REPEATED', `document has two tests "${name}"; give each test its own name`);

/** Adds the field of the request to an error of the YAML or of the grammar. */
export function documentInvalid(cause: unknown): DomainError {
  const { reason, message, metadata } = asDomainError(cause);
  return new DomainError('invalid', reason, message, {
    cause,
    ...(metadata !== undefined && { metadata }),
    violations: [{ field: 'document', description: message }],
  });
}
