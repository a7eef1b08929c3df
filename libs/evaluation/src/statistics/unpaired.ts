import { checkOpenShare } from '../evaluation.errors.js';
import { studentQuantile } from './distributions.js';
import { DEFAULT_CONFIDENCE, type Interval } from './interval.js';
import type { Moments } from './mean.js';
import { wilsonInterval } from './proportion.js';

/**
 * Returns the interval of the difference of two means of independent samples, now − before (Welch 1947, with the
 * degrees of freedom of Satterthwaite); infinite with fewer than two values on a side. Throws `invalid`
 * OPTION_INVALID.
 */
export function welchInterval(
  now: Moments,
  before: Moments,
  confidence: number = DEFAULT_CONFIDENCE,
): Interval {
  checkOpenShare('confidence', confidence);
  if (now.n < 2 || before.n < 2) return { low: -Infinity, high: Infinity };
  const [a, b] = [now.deviation ** 2 / now.n, before.deviation ** 2 / before.n];
  const difference = now.mean - before.mean;
  if (a + b === 0) return { low: difference, high: difference };
  const degrees = (a + b) ** 2 / (a ** 2 / (now.n - 1) + b ** 2 / (before.n - 1));
  const half = studentQuantile((1 + confidence) / 2, degrees) * Math.sqrt(a + b);
  return { low: difference - half, high: difference + half };
}

/** Successes of a number of trials. */
export interface Proportion {
  readonly successes: number;
  readonly trials: number;
}

/**
 * Returns the interval of the difference of two proportions of independent samples, now − before, from the score
 * interval of each (Newcombe 1998, method 10); −1 to 1 without trials on a side. Throws `invalid` OPTION_INVALID.
 */
export function newcombeInterval(
  now: Proportion,
  before: Proportion,
  confidence: number = DEFAULT_CONFIDENCE,
): Interval {
  const [a, b] = [now, before].map(({ successes, trials }) => wilsonInterval(successes, trials, confidence));
  if (now.trials === 0 || before.trials === 0) return { low: -1, high: 1 };
  const [p, q] = [now.successes / now.trials, before.successes / before.trials];
  return {
    low: p - q - Math.hypot(p - a!.low, b!.high - q),
    high: p - q + Math.hypot(a!.high - p, q - b!.low),
  };
}
