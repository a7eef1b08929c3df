import { DomainError } from '@noema/kernel';

/** A fault of one file of the data; the file stands for the place in code that a handler's fault names. */
export const dataFault = (reason: string, path: string, why: string, cause?: unknown): DomainError =>
  new DomainError('invalid', reason, `${path} ${why}`, { metadata: { file: path }, cause });

/** A fault of one value of a record. */
export const valueFault = (reason: string, column: string, value: unknown, why: string): DomainError =>
  new DomainError('invalid', reason, `the column "${column}" has ${display(value)}; ${why}`, {
    metadata: { file: '', column_name: column },
  });

export const display = (value: unknown): string =>
  value === null || value === undefined
    ? 'no value'
    : typeof value === 'object'
      ? 'an array or a file'
      : JSON.stringify(typeof value === 'string' && value.length > 80 ? `${value.slice(0, 79)}…` : value);
