/** Wall time and monotonic time, so that tests can hold both still. */
export interface Clock {
  /** Wall time, for people and stamps; it may jump. */
  now(): Date;
  /** Monotonic milliseconds, for durations and deadlines. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
};
