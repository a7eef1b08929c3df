import { backoff, DomainError } from '@noema/kernel';

const MAX_ATTEMPTS = 20;

/**
 * Retries a write of the worker while the database is unavailable, so that a restart of Postgres does not
 * lose the work of a shard. Lease tokens make a repeated write harmless.
 */
export async function persist(write: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      if (
        !(error instanceof DomainError && error.reason === 'DATABASE_UNAVAILABLE') ||
        attempt === MAX_ATTEMPTS
      )
        throw error;
      await backoff(attempt, 50, 1_000);
    }
  }
}
