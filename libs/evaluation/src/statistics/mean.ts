import { DEFAULT_CONFIDENCE, type Interval } from './interval.js';
import { checkOpenShare } from '../evaluation.errors.js';
import { studentQuantile } from './distributions.js';

type Numbers = Float32Array | Float64Array;

/** Number of values, mean and standard deviation with n − 1; NaN where undefined. Values of NaN are left out. */
export interface Moments {
  readonly n: number;
  readonly mean: number;
  readonly deviation: number;
}

/** Returns the moments of the finite values in one pass (Welford 1962). */
export function computeMoments(values: Numbers): Moments {
  let [n, mean, squares] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    n++;
    const difference = value - mean;
    mean += difference / n;
    squares += difference * (value - mean);
  }
  return { n, mean: n === 0 ? NaN : mean, deviation: n < 2 ? NaN : Math.sqrt(squares / (n - 1)) };
}

/**
 * Returns Student's interval of a mean; infinite with fewer than two values. It covers below its confidence when
 * few values are strongly skewed. Throws `invalid` OPTION_INVALID.
 */
export function meanInterval(
  { n, mean, deviation }: Moments,
  confidence: number = DEFAULT_CONFIDENCE,
): Interval {
  checkOpenShare('confidence', confidence);
  if (n < 2) return { low: -Infinity, high: Infinity };
  const half = (studentQuantile((1 + confidence) / 2, n - 1) * deviation) / Math.sqrt(n);
  return { low: mean - half, high: mean + half };
}
