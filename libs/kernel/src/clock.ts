/** Wall time and monotonic time. Tests replace both. */
export interface Clock {
  /** Wall time, for people and timestamps. It may jump. */
  now(): Date;
  /** Monotonic milliseconds, for durations and deadlines. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
};
