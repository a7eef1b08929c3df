import { DomainError } from '@noema/kernel';
import { backoff } from '@noema/postgres';

const MAX_ATTEMPTS = 20;

/**
 * Repeats a write of the worker while the database is away, so that a restart of Postgres does not cost the
 * work of a shard. Lease tokens make a doubled write harmless.
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
