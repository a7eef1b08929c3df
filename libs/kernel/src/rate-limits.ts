import { LRUCache } from 'lru-cache';
import { DomainError } from './domain-error.js';

/**
 * State of a caller's rate limit after a request, for the headers `RateLimit-*` (IETF
 * draft-ietf-httpapi-ratelimit-headers).
 */
export interface RateStanding {
  /** Requests per minute. */
  readonly limit: number;
  /** Number of requests that may be sent at once now. */
  readonly left: number;
  /** Seconds until the bucket is full, rounded up. */
  readonly resetSeconds: number;
  /** Why the request is rejected; `undefined` if it is not. */
  readonly refusal: DomainError | undefined;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

const MINUTE_MS = 60_000;
const CACHE_ENTRIES = 10_000;

/** Minimum burst. A larger limit allows the requests of one second at once. */
const SMALL_BURST = 60;
const computeBurst = (perMinute: number): number =>
  Math.max(Math.min(perMinute, SMALL_BURST), Math.floor(perMinute / 60));

/**
 * One token bucket per key, in the memory of this process. A bucket allows the requests of one second at once
 * (or a minute's requests, if they are few) and refills evenly. With n processes, a key has up to n times its
 * rate; no request needs shared state.
 */
export class RateLimits {
  /** Least recently used bucket first. A forgotten bucket counts as full. */
  private readonly buckets = new LRUCache<string, Bucket>({ max: CACHE_ENTRIES });

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /**
   * Takes one request from the key's bucket; `undefined` if there is no limit. A rejected request costs
   * nothing.
   */
  take(key: string, perMinute: number | undefined): RateStanding | undefined {
    if (perMinute === undefined || perMinute <= 0) return undefined;
    const now = this.nowMs();
    const known = this.buckets.get(key);
    const burst = computeBurst(perMinute);
    const tokens =
      known === undefined
        ? burst
        : Math.min(burst, known.tokens + ((now - known.atMs) / MINUTE_MS) * perMinute);
    const taken = tokens >= 1;
    const left = taken ? tokens - 1 : tokens;
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
