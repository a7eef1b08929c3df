import { DEFAULT_CONFIDENCE, type Interval } from './interval.js';
import { checkOpenShare } from '../evaluation.errors.js';
import { incompleteBeta, studentQuantile } from './distributions.js';

type Numbers = Float32Array | Float64Array;

/** Number of values, mean and standard deviation with n − 1; NaN where undefined. Values of NaN are left out. */
export interface Moments {
  readonly n: number;
  readonly mean: number;
  readonly deviation: number;
}

/** The moments of the finite values that it is given one by one, in one pass (Welford 1962). */
export class MomentTally implements Moments {
  private count = 0;
  private center = 0;
  private squares = 0;

  add(value: number): void {
    if (!Number.isFinite(value)) return;
    this.count++;
    const difference = value - this.center;
    this.center += difference / this.count;
    this.squares += difference * (value - this.center);
  }

  get n(): number {
    return this.count;
  }

  get mean(): number {
    return this.count === 0 ? NaN : this.center;
  }

  get deviation(): number {
    return this.count < 2 ? NaN : Math.sqrt(this.squares / (this.count - 1));
  }
}

/** Returns the moments of the finite values. */
export function computeMoments(values: Numbers): Moments {
  const tally = new MomentTally();
  for (let i = 0; i < values.length; i++) tally.add(values[i]!);
  return { n: tally.n, mean: tally.mean, deviation: tally.deviation };
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

/** Returns the two-sided p-value of Student's test of a mean of 0; 1 with fewer than two values. */
export function meanPValue({ n, mean, deviation }: Moments): number {
  if (n < 2 || mean === 0) return 1;
  const squared = (n * mean * mean) / deviation ** 2;
  return incompleteBeta((n - 1) / (n - 1 + squared), (n - 1) / 2, 0.5);
}
