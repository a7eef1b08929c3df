import { DomainError } from '@noema/kernel';

const NONE = 'no error';

/** Kind and reason of the error that work ends with, such as `not-found RUN_NOT_FOUND`; `no error` without one. */
export const catchReason = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => NONE,
    (error: unknown) => (error instanceof DomainError ? `${error.kind} ${error.reason}` : String(error)),
  );

/** The error that work ends with, such as `not-found RUN_NOT_FOUND: there is no run …`; `no error` without one. */
export const catchError = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => NONE,
    (error: unknown) =>
      error instanceof DomainError ? `${error.kind} ${error.reason}: ${error.message}` : String(error),
  );
