import { DomainError } from '@noema/kernel';

interface PostgresFault {
  readonly code?: unknown;
  readonly message?: unknown;
}

const readCode = (error: unknown): string | undefined => {
  const code = (error as PostgresFault | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
};

/**
 * SQLSTATEs after which the same transaction may succeed if it runs again: serialization_failure,
 * deadlock_detected.
 */
const REPEATABLE: ReadonlySet<string> = new Set(['40001', '40P01']);

/**
 * SQLSTATEs and socket codes that mean that the server is unavailable, shutting down, or rejecting
 * connections.
 */
const AWAY: ReadonlySet<string> = new Set([
  '08000',
  '08001',
  '08003',
  '08004',
  '08006',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EAI_AGAIN',
]);

/** SQLSTATEs of a statement that exceeded a time limit. */
const LATE: ReadonlySet<string> = new Set(['57014', '55P03', '25P03']);

const LOST =
  /Connection terminated|timeout exceeded when trying to connect|^timeout expired$|connection error|not queryable/;

/** True if a prepared statement returns other columns than before, because a migration ran in between. */
export const isPlanOutdated = (error: unknown): boolean =>
  readCode(error) === '0A000' && (error as { routine?: string }).routine === 'RevalidateCachedQuery';

/** True if the transaction should run again. */
export const isRepeatable = (error: unknown): boolean =>
  REPEATABLE.has(readCode(error) ?? '') || isPlanOutdated(error);

/** True if the connection was lost or could not be opened, so that the state of the server is unknown. */
export function isConnectionLoss(error: unknown): boolean {
  const code = readCode(error);
  if (code !== undefined) return AWAY.has(code);
  return error instanceof Error && LOST.test(error.message);
}

/** SQLSTATE that the quota triggers raise. The detail is a JSON object of texts: quota, limit, used, left. */
const ABOVE_QUOTA = 'NQ001';

function quotaExceeded(error: unknown): DomainError {
  const { message = '', detail = '{}' } = error as { readonly message?: string; readonly detail?: string };
  return new DomainError('exhausted', 'QUOTA_EXCEEDED', message, {
    metadata: { ...(JSON.parse(detail) as Record<string, string>), retry_after_seconds: '3600' },
    cause: error,
  });
}

/**
 * Converts an error for callers: `unavailable` if the server is unavailable, `timeout` at a time limit,
 * `exhausted` if its disk is full or the team's quota is used up. Other errors are unchanged.
 */
export function toDomainError(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  if (isConnectionLoss(error)) {
    return new DomainError(
      'unavailable',
      'DATABASE_UNAVAILABLE',
      'the database cannot be reached; nothing was changed unless the answer was lost, so retry with ' +
        'the same request id',
      { cause: error },
    );
  }
  const code = readCode(error) ?? '';
  if (LATE.has(code))
    return new DomainError('timeout', 'DATABASE_TIMEOUT', 'the database did not answer in time; retry', {
      cause: error,
    });
  if (code === ABOVE_QUOTA) return quotaExceeded(error);
  if (code === '53100')
    return new DomainError(
      'exhausted',
      'DATABASE_DISK_FULL',
      'the database has no disk space left; free some and retry',
      { cause: error },
    );
  if (REPEATABLE.has(code))
    return new DomainError(
      'conflict',
      'DATABASE_CONFLICT',
      'the change met another one at the same time again and again; retry',
      { cause: error },
    );
  return error;
}

/** True if a unique constraint, of the given name if any, rejected the row. */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  readCode(error) === '23505' &&
  (constraint === undefined || (error as { constraint?: string }).constraint === constraint);
