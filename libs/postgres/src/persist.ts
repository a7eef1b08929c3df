import { backoff, DomainError } from '@noema/kernel';

const MAX_ATTEMPTS = 20;

/**
 * Runs a write, and repeats it up to 20 times while the database is unavailable: it restarts, or a busy machine
 * takes longer for a connection than a call waits. Use it where a repeated write is harmless.
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
