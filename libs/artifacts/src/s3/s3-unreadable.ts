import { DomainError } from '@noema/kernel';
import type { S3Keys } from './s3-calls.js';
import { findCode } from './s3-faults.js';
import type { S3Place } from './s3-folder.js';

/** How somebody gives the credentials of the objects, in words: `set AWS_ACCESS_KEY_ID …`. */
export interface S3Access {
  readonly keys: S3Keys;
  readonly advice: string;
}

const UNREACHABLE: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'ABORT_ERR',
  'EPROTO',
]);
const OTHER_REGION: ReadonlySet<string> = new Set([
  'PermanentRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
]);

/**
 * The error of reading objects of a user, with what was wrong with the place or the credentials and what to do:
 * `invalid` S3_DENIED, S3_REGION_WRONG; `not-found` S3_BUCKET_NOT_FOUND; `unavailable` S3_UNREACHABLE. Other errors are
 * returned unchanged.
 */
export function explainS3Error<E>(
  error: E,
  { location: { bucket, endpoint, region } }: Pick<S3Place, 'location'>,
  { keys, advice }: S3Access,
): E | DomainError {
  if (!(error instanceof DomainError) || !error.reason.startsWith('STORE_')) return error;
  const place = `s3://${bucket} at ${endpoint.origin}`;
  const code = error.metadata['code'] ?? findCode(error.cause);
  const explain = (kind: DomainError['kind'], reason: string, why: string): DomainError =>
    new DomainError(kind, reason, `${place} ${why}`, { cause: error, metadata: { bucket, code } });
  if (error.reason === 'STORE_DENIED')
    return explain('invalid', 'S3_DENIED', describeDenial(code, keys.accessKey, advice));
  if (code === 'NoSuchBucket')
    return explain(
      'not-found',
      'S3_BUCKET_NOT_FOUND',
      'has no such bucket; check its name, and the server where it is not Amazon S3 (?endpoint=https://…)',
    );
  if (OTHER_REGION.has(code))
    return explain(
      'invalid',
      'S3_REGION_WRONG',
      `is not in the region ${region}; add ?region=… with the region of the bucket`,
    );
  if (!UNREACHABLE.has(code)) return error;
  return explain(
    'unavailable',
    'S3_UNREACHABLE',
    `cannot be reached (${code}); check the address of the server (?endpoint=https://…) and the network`,
  );
}

function describeDenial(code: string, accessKey: string, advice: string): string {
  const answer = code === '' ? '' : ` (${code})`;
  if (code === 'RequestTimeTooSkewed') return `refuses the time of this machine (${code}); set its clock`;
  if (accessKey === '') return `is not public${answer}; ${advice}`;
  const name = `the access key "${accessKey}"`;
  if (code === 'InvalidAccessKeyId') return `does not know ${name} (${code}); ${advice}`;
  if (code === 'SignatureDoesNotMatch')
    return `finds that the secret key does not belong to ${name} (${code}); ${advice}`;
  return `refuses ${name}${answer}; allow it to list and read the bucket, or ${advice}`;
}
