import { DomainError } from '@noema/kernel';
import { storeDenied, storeFailed, storeFull } from '../artifact.errors.js';

/** A fault of one attempt: what to tell, and whether another attempt may help. */
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

/** Answers that another attempt may better. */
export const PASSING_STATUS: ReadonlySet<number> = new Set([408, 429, 499, 500, 502, 503, 504, 520]);

/** The code of an S3 error, of a system error, or of Node's. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** Whether the error says that the object is not there. */
export const isMissing = (error: unknown): boolean =>
  ['NoSuchKey', 'NotFound', 'NoSuchUpload'].includes(codeOf(error));

/** Says of an attempt's error what it means; `status` is that of the answer, undefined when none came. */
export function s3Fault(what: string, error: unknown, status: number | undefined): S3Fault {
  if (error instanceof DomainError) return { error, again: false };
  const code = codeOf(error);
  if (status === 507 || FULL.has(code)) return { error: storeFull(what, error), again: false };
  if (DENIED.has(code)) return { error: storeDenied(what, code), again: false };
  // No answer, or one that broke off: the network's fault, and an answer of 200 that could not be used is
  // one, too.
  const again = status === undefined || status < 300 || PASSING_STATUS.has(status) || PASSING.has(code);
  return { error: storeFailed(what, error), again };
}
