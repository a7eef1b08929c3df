import { DomainError } from './domain-error.js';

/**
 * How a caller stands after a request, as the headers `RateLimit-*` tell it (IETF
 * draft-ietf-httpapi-ratelimit-headers).
 */
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

interface Bucket {
  tokens: number;
  atMs: number;
}

const MINUTE_MS = 60_000;
const CACHE_ENTRIES = 10_000;

/**
 * Requests that may come at once: those of one second, or of a whole minute while that is no more than this.
 */
const SMALL_BURST = 60;
const burstOf = (perMinute: number): number =>
  Math.max(Math.min(perMinute, SMALL_BURST), Math.floor(perMinute / 60));

/**
 * A token bucket a key, in the memory of this process: the requests of one second may come at once, those of
 * a minute if they are few, and the bucket fills evenly. With n processes a key has up to n times its rate;
 * nothing is asked of anybody for a request.
 */
export class RateLimits {
  /** The bucket that was used longest ago first; forgetting one fills it. */
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /**
   * Takes one request from the key's bucket; `undefined` when there is no limit. A refused request costs
   * nothing.
   */
  take(key: string, perMinute: number | undefined): RateStanding | undefined {
    if (perMinute === undefined || perMinute <= 0) return undefined;
    const now = this.nowMs();
    const known = this.buckets.get(key);
    const burst = burstOf(perMinute);
    const tokens =
      known === undefined
        ? burst
        : Math.min(burst, known.tokens + ((now - known.atMs) / MINUTE_MS) * perMinute);
    const taken = tokens >= 1;
    const left = taken ? tokens - 1 : tokens;
    this.buckets.delete(key);
    if (this.buckets.size >= CACHE_ENTRIES) this.buckets.delete(this.buckets.keys().next().value!);
    this.buckets.set(key, { tokens: left, atMs: now });
    const secondsFor = (more: number): number =>
      Math.max(0, Math.ceil(((more / perMinute) * MINUTE_MS) / 1000));
    return {
      limit: perMinute,
      left: Math.floor(left),
      resetSeconds: secondsFor(burst - left),
      refusal: taken ? undefined : rateLimited(perMinute, Math.max(1, secondsFor(1 - left))),
    };
  }
}

const rateLimited = (limit: number, seconds: number): DomainError =>
  new DomainError(
    'exhausted',
    'RATE_LIMITED',
    `the team may send ${limit} requests a minute and has sent them; try again in ${seconds} s, or have ` +
      'the quota raised',
    {
      metadata: {
        quota: 'requests_per_minute',
        limit: String(limit),
        used: String(limit),
        left: '0',
        retry_after_seconds: String(seconds),
      },
    },
  );
