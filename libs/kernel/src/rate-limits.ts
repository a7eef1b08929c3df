import { DomainError } from './domain-error.js';

/** How a caller stands after a request, as the headers `RateLimit-*` tell it (IETF draft-ietf-httpapi-ratelimit-headers). */
export interface RateStanding {
  /** Requests a minute. */
  readonly limit: number;
  /** Requests that could come at once now. */
  readonly left: number;
  /** Whole seconds until nothing is used any more. */
  readonly resetSeconds: number;
  /** Why the request is refused; `undefined` when it is not. */
  readonly refusal: DomainError | undefined;
}

interface Bucket { tokens: number; atMs: number }

const MINUTE_MS = 60_000;
const REMEMBERED = 10_000;

/**
 * A token bucket a key, in the memory of this process: as many requests as a minute allows may come at once, and the bucket fills evenly.
 * With n processes a key has up to n times its rate; nothing is asked of anybody for a request.
 */
export class RateLimits {
  /** The bucket that was used longest ago first; forgetting one fills it. */
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** Takes one request from the key's bucket; `undefined` when there is no limit. A refused request costs nothing. */
  take(key: string, perMinute: number | undefined): RateStanding | undefined {
    if (perMinute === undefined || perMinute <= 0) return undefined;
    const now = this.nowMs();
    const known = this.buckets.get(key);
    const tokens = known === undefined ? perMinute : Math.min(perMinute, known.tokens + ((now - known.atMs) / MINUTE_MS) * perMinute);
    const taken = tokens >= 1;
    const left = taken ? tokens - 1 : tokens;
    this.buckets.delete(key);
    if (this.buckets.size >= REMEMBERED) this.buckets.delete(this.buckets.keys().next().value!);
    this.buckets.set(key, { tokens: left, atMs: now });
    const secondsFor = (more: number): number => Math.max(0, Math.ceil(((more / perMinute) * MINUTE_MS) / 1000));
    return { limit: perMinute, left: Math.floor(left), resetSeconds: secondsFor(perMinute - left), refusal: taken ? undefined : rateLimited(perMinute, Math.max(1, secondsFor(1 - left))) };
  }
}

const rateLimited = (limit: number, seconds: number): DomainError =>
  new DomainError('exhausted', 'RATE_LIMITED', `the team may send ${limit} requests a minute and has sent them; try again in ${seconds} s, or have the quota raised`, {
    metadata: { quota: 'requests_per_minute', limit: String(limit), used: String(limit), left: '0', retry_after_seconds: String(seconds) },
  });
