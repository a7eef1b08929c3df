import { setTimeout as delay } from 'node:timers/promises';

/** Shortest and longest time between two polls. A poll of a platform costs it some 5 ms of a processor. */
const [MIN_INTERVAL_MS, MAX_INTERVAL_MS] = [20, 100];

export interface WaitOptions {
  readonly timeoutMs?: number;
  /** Time between two polls. Default: a tenth of the time waited, from 20 to 100 ms. */
  readonly intervalMs?: number;
  /** Description of the condition, for the error. */
  readonly what?: string;
}

/**
 * Polls the condition until it returns a truthy value, and returns that. Throws after `timeoutMs` (120,000)
 * with the last value or error.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  options: WaitOptions = {},
): Promise<NonNullable<T>> {
  const { timeoutMs = 120_000, intervalMs, what = 'the condition' } = options;
  const start = performance.now();
  for (;;) {
    let seen: unknown;
    try {
      seen = await condition();
      if (seen) return seen as NonNullable<T>;
    } catch (error) {
      seen = error;
    }
    const waitedMs = performance.now() - start;
    if (waitedMs > timeoutMs)
      throw new Error(`${what} did not come true within ${timeoutMs} ms; last seen: ${String(seen)}`, {
        cause: seen,
      });
    await delay(intervalMs ?? Math.min(Math.max(waitedMs / 10, MIN_INTERVAL_MS), MAX_INTERVAL_MS));
  }
}
