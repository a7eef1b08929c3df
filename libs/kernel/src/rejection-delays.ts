import { setTimeout as delay } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';

/** Rejections per second for each key, and the burst that is answered at once. */
const PER_SECOND = 50;
/** Maximum delay of a rejection. Further rejections of the key are sent together after this delay. */
const LONGEST_MS = 20_000;
const CACHE_ENTRIES = 10_000;

/**
 * Delays rejections per key. A client that retries at once is slowed down by waiting for the response, and
 * costs almost nothing in the meantime. A client that retries rarely gets an immediate response (the virtual
 * scheduling of the generic cell rate algorithm, ITU-T I.371).
 */
export class RejectionDelays {
  /** Time at which the bucket of each key would be full again; least recently rejected first. */
  private readonly due = new LRUCache<string, number>({ max: CACHE_ENTRIES });

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** Delay of the key's next rejection in milliseconds. Calling it counts as a rejection. */
  waitMs(key: string): number {
    const now = this.nowMs();
    const due = Math.min(Math.max(this.due.get(key) ?? 0, now) + 1000 / PER_SECOND, now + 1000 + LONGEST_MS);
    this.due.set(key, due);
    return Math.max(0, due - 1000 - now);
  }

  /** Rejects with the error after the delay, or as soon as the signal aborts. */
  async refuse(
    key: string,
    refusal: Error,
    { signal, atLeastMs = 0 }: { readonly signal: AbortSignal; readonly atLeastMs?: number },
  ): Promise<never> {
    const ms = Math.max(atLeastMs, this.waitMs(key));
    if (ms > 0) await delay(ms, undefined, { signal }).catch(() => undefined);
    throw refusal;
  }
}
