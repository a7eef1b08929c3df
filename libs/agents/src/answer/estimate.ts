import type { Interval } from '@noema/evaluation';

/** A number with the number of samples behind it and how sure it is. */
export interface Estimate {
  readonly value: number | null;
  readonly n: number;
  /** Ends of the interval; null for an end that is not bounded. Left out where `exact` or `no_interval` is set. */
  readonly low?: number | null;
  readonly high?: number | null;
  readonly confidence?: number;
  /** True for a number that is counted and not estimated. */
  readonly exact?: true;
  /** Why a number that is estimated has no interval. */
  readonly no_interval?: string;
}

/** A number with its interval. A number without samples is null, never 0. */
export const estimate = (value: number, n: number, { low, high }: Interval, confidence = 0.95): Estimate => ({
  value: finite(value),
  n,
  low: finite(low),
  high: finite(high),
  confidence,
});

/** A number that is exact for its samples, such as a count. */
export const exact = (value: number, n: number): Estimate => ({ value: finite(value), n, exact: true });

export const withoutInterval = (value: number, n: number, reason: string): Estimate => ({
  value: finite(value),
  n,
  no_interval: reason,
});

/** Rounds to five significant digits. */
export const finite = (value: number): number | null =>
  Number.isFinite(value) ? (Number.isInteger(value) ? value : Number(value.toPrecision(5))) : null;
