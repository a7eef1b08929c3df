import { DomainError } from '@noema/kernel';

/** A request with more values than a service decodes. */
export const tooManyValues = (max: number): DomainError =>
  new DomainError(
    'invalid',
    'REQUEST_TOO_MANY_VALUES',
    `the request has more than ${max} values; send them in several requests`,
    { metadata: { limit: String(max) } },
  );

/** Bytes that are not a message of the type that the method takes. */
export const requestUnreadable = (type: string, cause: unknown): DomainError =>
  new DomainError(
    'invalid',
    'REQUEST_UNREADABLE',
    `the request is not a ${type}: ${cause instanceof Error ? cause.message : String(cause)}; encode it with ` +
      'the protos of this platform',
    { cause },
  );
