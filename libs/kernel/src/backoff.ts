import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits before a retry: at most `baseMs` · 2ⁿ and at most `maxMs`, with full jitter (Brooker, 2015). Rejects
 * if the signal aborts.
 */
export const backoff = (n: number, baseMs: number, maxMs: number, signal?: AbortSignal): Promise<void> =>
  sleep(Math.random() * Math.min(maxMs, baseMs * 2 ** n), undefined, signal === undefined ? {} : { signal });
