import { describe, expect, it } from 'vitest';
import { RateLimits } from './rate-limits.js';

function clocked() {
  const clock = { ms: 0 };
  const limits = new RateLimits(() => clock.ms);
  const taken = (key: string, perMinute: number, times: number): number =>
    Array.from({ length: times }, () => limits.take(key, perMinute)!).filter((s) => s.refusal === undefined)
      .length;
  return { clock, limits, taken };
}

describe('a bucket', () => {
  it("holds a minute's requests and fills evenly", () => {
    const { clock, taken } = clocked();
    expect(taken('a', 60, 100)).toBe(60);
    clock.ms += 10_000;
    expect(taken('a', 60, 100)).toBe(10);
    clock.ms += 3_600_000;
    expect(taken('a', 60, 100)).toBe(60);
  });
  it('holds the requests of one second of a rate that allows many', () => {
    const { clock, taken } = clocked();
    expect(taken('a', 6_000, 5_000)).toBe(100);
    clock.ms += 1_000;
    expect(taken('a', 6_000, 5_000)).toBe(100);
  });
  it('says what is left, when it is full again, and how long to wait', () => {
    const { clock, limits, taken } = clocked();
    expect(limits.take('a', 6)).toEqual({ limit: 6, left: 5, resetSeconds: 10, refusal: undefined });
    taken('a', 6, 5);
    const refused = limits.take('a', 6)!;
    expect(refused).toMatchObject({
      left: 0,
      resetSeconds: 60,
      refusal: {
        kind: 'exhausted',
        reason: 'RATE_LIMITED',
        metadata: { quota: 'requests_per_minute', limit: '6', left: '0', retry_after_seconds: '10' },
      },
    });
    clock.ms += 10_000;
    expect(limits.take('a', 6)!.refusal).toBeUndefined();
  });
  it("is its key's alone, and there is none without a limit", () => {
    const { limits, taken } = clocked();
    expect([taken('a', 1, 3), taken('b', 1, 3)]).toEqual([1, 1]);
    expect([limits.take('c', 0), limits.take('c', undefined)]).toEqual([undefined, undefined]);
  });
  it('follows a limit that was changed', () => {
    const { taken } = clocked();
    expect([taken('a', 10, 20), taken('a', 20, 20)]).toEqual([10, 0]);
    expect(taken('b', 10, 2) + taken('b', 3, 20)).toBe(5);
  });
});

it('forgets the callers seen longest ago, so that its memory is bounded', () => {
  const { limits } = clocked();
  for (let n = 0; n < 30_000; n++) limits.take(`k${n}`, 1);
  expect((limits as unknown as { buckets: Map<string, unknown> }).buckets.size).toBe(10_000);
});
