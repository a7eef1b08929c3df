import { DomainError } from '@noema/kernel';
import { storeDenied, storeFailed, storeFull } from '../artifact.errors.js';

/** A fault of one attempt: the error to throw, and whether a retry may succeed. */
export interface S3Fault {
  readonly error: unknown;
  readonly again: boolean;
}

const FULL = new Set([
  'QuotaExceeded',
  'XMinioStorageFull',
  'XMinioAdminBucketQuotaExceeded',
  'InsufficientStorage',
  'InsufficientCapacity',
  'StorageFull',
  'ENOSPC',
]);
const DENIED = new Set([
  'AccessDenied',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'RequestTimeTooSkewed',
  'AllAccessDisabled',
  'AccountProblem',
]);
const PASSING = new Set([
  'InternalError',
  'SlowDown',
  'ServiceUnavailable',
  'RequestTimeout',
  'OperationAborted',
  'Throttling',
  'ThrottlingException',
  'TooManyRequests',
]);

/** Status codes after which a retry may succeed. */
export const PASSING_STATUS: ReadonlySet<number> = new Set([408, 429, 499, 500, 502, 503, 504, 520]);

/** Returns the code of an S3 error, of a system error, or of a Node error. */
export const findCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** True if the error says that the object does not exist. */
export const isMissing = (error: unknown): boolean =>
  ['NoSuchKey', 'NotFound', 'NoSuchUpload'].includes(findCode(error));

/** Classifies an attempt's error. `status` is the status of the response, undefined if there was none. */
export function s3Fault(what: string, error: unknown, status: number | undefined): S3Fault {
  if (error instanceof DomainError) return { error, again: false };
  const code = findCode(error);
  if (status === 507 || FULL.has(code)) return { error: storeFull(what, error), again: false };
  if (DENIED.has(code)) return { error: storeDenied(what, code), again: false };
  // A missing or interrupted response is a fault of the network, and so is a response of 200 that could not
  // be used.
  const again = status === undefined || status < 300 || PASSING_STATUS.has(status) || PASSING.has(code);
  return { error: storeFailed(what, error), again };
}
