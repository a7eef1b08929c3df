import { DomainError } from '@noema/kernel/domain-error';

/** Refuses a text of the grammar; `at` is the position in it, from 0. */
export const expressionInvalid = (text: string, at: number, why: string): DomainError =>
  new DomainError('invalid', 'EXPRESSION_INVALID', `"${shorten(text)}", position ${at + 1}: ${why}`, {
    metadata: { expression: shorten(text), position: String(at + 1) },
  });

/** Refuses a document; `path` is the place in it, such as `charts[2].mark`. */
export const documentInvalid = (path: string, why: string): DomainError =>
  new DomainError('invalid', 'EVALUATION_DOCUMENT_INVALID', `${path}: ${why}`, { metadata: { path } });

export const fieldUnknown = (field: string, known: Iterable<string>): DomainError =>
  new DomainError(
    'invalid',
    'FIELD_UNKNOWN',
    `there is no field "${shorten(field)}"; known: ${[...known].sort().join(', ')}`,
    { metadata: { field: shorten(field) } },
  );

const shorten = (text: string): string => (text.length <= 200 ? text : `${text.slice(0, 200)}…`);
