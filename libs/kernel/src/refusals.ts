import { setTimeout as delay } from 'node:timers/promises';

/** Refusals that a key gets a second; as many come at once to who is refused for the first time. */
const PER_SECOND = 50;
/** Longest time that a refusal waits; a key that has so many waiting gets the others so late, all at once. */
const LONGEST_MS = 20_000;
const CACHE_ENTRIES = 10_000;

/**
 * Paces refusals, each key for itself: who asks again at once, as floods do, is slowed down by waiting for
 * the answer, and costs next to nothing meanwhile. Who asks with care is answered at once (the virtual
 * schedule of the generic cell rate algorithm, ITU-T I.371).
 */
export class Refusals {
  /** When the bucket of a key would be full again; the one that was refused longest ago first. */
  private readonly due = new Map<string, number>();

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** How long the next refusal of a key waits, in milliseconds; it counts as given. */
  waitMs(key: string): number {
    const now = this.nowMs();
    const due = Math.min(Math.max(this.due.get(key) ?? 0, now) + 1000 / PER_SECOND, now + 1000 + LONGEST_MS);
    this.due.delete(key);
    if (this.due.size >= CACHE_ENTRIES) this.due.delete(this.due.keys().next().value!);
    this.due.set(key, due);
    return Math.max(0, due - 1000 - now);
  }

  /** Rejects with the refusal when its time has come, or when the signal ends the wait. */
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
