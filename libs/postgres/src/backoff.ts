import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits before the n-th retry (n from 1): exponential from `baseMs`, at most `maxMs`, with full jitter
 * (Brooker, 2015).
 */
export const backoff = (n: number, baseMs: number, maxMs: number, signal?: AbortSignal): Promise<void> =>
  sleep(Math.random() * Math.min(maxMs, baseMs * 2 ** n), undefined, signal === undefined ? {} : { signal });
