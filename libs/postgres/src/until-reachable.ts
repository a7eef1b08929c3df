import { backoff, DomainError } from '@noema/kernel';
import { isConnectionLoss } from './postgres.errors.js';

export interface UntilReachableOptions {
  /** Milliseconds after which the server counts as out of reach. */
  readonly limitMs: number;
  /** Called with the reason of a wait, when it differs from the reason of the wait before. */
  readonly onWait: (reason: string) => void;
}

/**
 * Runs work that may be repeated, again and again while PostgreSQL cannot be reached: its name is unknown, it rejects
 * connections or does not answer. Other errors, such as a wrong password, are thrown at once. Throws `unavailable`
 * DATABASE_UNREACHABLE with the last reason after the limit.
 */
export async function untilReachable<T>(
  work: () => Promise<T>,
  { limitMs, onWait }: UntilReachableOptions,
): Promise<T> {
  const end = performance.now() + limitMs;
  let said: string | undefined;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isConnectionLoss(error)) throw error;
      const reason = formatReason(error);
      if (performance.now() >= end)
        throw new DomainError(
          'unavailable',
          'DATABASE_UNREACHABLE',
          `the database could not be reached within ${limitMs} ms: ${reason}; check its address, and that ` +
            'the network lets this process reach it',
          { cause: error, metadata: { limit_ms: String(limitMs) } },
        );
      if (reason !== said) onWait(reason);
      said = reason;
      await backoff(attempt, 100, Math.max(0, Math.min(5000, end - performance.now())));
    }
  }
}

/** Node gives an error for each address of a name, and then the message of the whole is empty. */
function formatReason(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(formatReason).join('; ');
  return error instanceof Error ? error.message : String(error);
}
