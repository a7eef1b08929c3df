import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
  /** What is waited for, in the error's words. */
  readonly what?: string;
}

/**
 * Asks the condition again and again until it gives something truthy, and returns that. Throws after
 * `timeoutMs` (60,000) with the last value or the last error, so that a red test says what was seen.
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
