import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
  /** Description of the condition, for the error. */
  readonly what?: string;
}

/**
 * Polls the condition until it returns a truthy value, and returns that. Throws after `timeoutMs` (60,000)
 * with the last value or error.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  options: WaitOptions = {},
): Promise<NonNullable<T>> {
  const { timeoutMs = 60_000, intervalMs = 20, what = 'the condition' } = options;
  const end = performance.now() + timeoutMs;
  for (;;) {
    let seen: unknown;
    try {
      seen = await condition();
      if (seen) return seen as NonNullable<T>;
    } catch (error) {
      seen = error;
    }
    if (performance.now() > end)
      throw new Error(`${what} did not come true within ${timeoutMs} ms; last seen: ${String(seen)}`, {
        cause: seen,
      });
    await delay(intervalMs);
  }
}
