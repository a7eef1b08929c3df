import { asDomainError, type ErrorKind } from '@noema/kernel';

/**
 * Exit codes for the shell: 0 done, 1 failed, 2 wrong use, 3 not found, 4 not signed in or not allowed, 5 not
 * reachable now, 6 in the way of something, 130 interrupted.
 */
const EXIT_CODE: Readonly<Record<ErrorKind, number>> = {
  invalid: 2,
  unsupported: 2,
  'not-found': 3,
  unauthenticated: 4,
  forbidden: 4,
  unavailable: 5,
  timeout: 5,
  exhausted: 5,
  exists: 6,
  conflict: 6,
  precondition: 6,
  cancelled: 130,
  'data-loss': 1,
  internal: 1,
};

export const exitCode = (error: unknown): number => EXIT_CODE[asDomainError(error).kind];
