import { DomainError } from '@noema/kernel';

/** Kind and reason of the error that work ends with, such as `not-found RUN_NOT_FOUND`; `no error` without one. */
export const catchReason = (work: Promise<unknown>): Promise<string> =>
  describeEnd(work, ({ kind, reason }) => `${kind} ${reason}`);

/** The error that work ends with, such as `not-found RUN_NOT_FOUND: there is no run …`; `no error` without one. */
export const catchError = (work: Promise<unknown>): Promise<string> =>
  describeEnd(work, ({ kind, reason, message }) => `${kind} ${reason}: ${message}`);

const describeEnd = (work: Promise<unknown>, describe: (error: DomainError) => string): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => (error instanceof DomainError ? describe(error) : String(error)),
  );
