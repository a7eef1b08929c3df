import { DomainError } from '@noema/kernel';

export const faissMissing = (kind: string, library: string): DomainError =>
  new DomainError(
    'precondition',
    'FAISS_MISSING',
    `index kind ${kind} needs the native part, and ${library} is not there; run \`make native\` (or set ` +
      'NOEMA_FAISS_LIBRARY to the file), or use kind exact',
    { metadata: { kind } },
  );

export const faissCrashed = (how: string, lastWords: string): DomainError =>
  new DomainError(
    'unavailable',
    'FAISS_DIED',
    `the process that holds the faiss index ended (${how}) and is started again; try again`,
    { metadata: { how, last_words: lastWords } },
  );

export const faissTimedOut = (op: string, answerMs: number): DomainError =>
  new DomainError(
    'unavailable',
    'FAISS_SILENT',
    `the process that holds the faiss index did not answer "${op}" within ${answerMs} ms and is started ` +
      'again; try again',
    { metadata: { op } },
  );

export const faissRefused = (op: string, why: string): DomainError =>
  new DomainError('internal', 'FAISS_REFUSED', `faiss refused "${op}": ${why}`, { metadata: { op } });

export const indexClosed = (): DomainError =>
  new DomainError('unavailable', 'INDEX_CLOSED', 'the index was closed to make room for another; try again');

export const indexDamaged = (why: string): DomainError =>
  new DomainError(
    'data-loss',
    'INDEX_DAMAGED',
    `the stored faiss index cannot be used: ${why}; it is built again from the vectors`,
  );

export const queryInvalid = (why: string): DomainError => new DomainError('invalid', 'QUERY_INVALID', why);
