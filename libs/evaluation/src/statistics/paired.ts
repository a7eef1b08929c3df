import { checkCount } from '../evaluation.errors.js';
import { binomialCdf, binomialProbability } from './distributions.js';
import { criticalValue, DEFAULT_CONFIDENCE, type Interval } from './interval.js';

/** How two versions predict the same samples. */
export interface PairedCounts {
  /** Correct now and not before. */
  readonly fixed: number;
  /** Correct before and not now. */
  readonly broken: number;
  /** Number of samples that both versions have. */
  readonly n: number;
}

function checkPairs({ fixed, broken, n }: PairedCounts): void {
  checkCount('fixed', fixed);
  checkCount('broken', broken);
  checkCount('n', n, fixed + broken);
}

/** Counts the pairs; 1 is correct, and rows where one of both masks `isKnown` is 0 are left out. */
export function countPairs(
  before: Uint8Array,
  now: Uint8Array,
  isKnown: (row: number) => boolean = () => true,
): PairedCounts {
  let [fixed, broken, n] = [0, 0, 0];
  for (let row = 0; row < before.length; row++) {
    if (!isKnown(row)) continue;
    n++;
    if (before[row] === now[row]) continue;
    if (now[row] === 1) fixed++;
    else broken++;
  }
  return { fixed, broken, n };
}

/** Returns the two-sided p-value of McNemar's exact test (1947): a binomial test of the pairs that changed. */
export function mcnemarExact(counts: PairedCounts): number {
  checkPairs(counts);
  const { fixed, broken } = counts;
  return Math.min(1, 2 * binomialCdf(Math.min(fixed, broken), fixed + broken, 0.5));
}

/**
 * Returns the two-sided mid-p-value of McNemar's test, which is less conservative than the exact one (Fagerland,
 * Lydersen & Laake 2013); 1 when as many samples were fixed as broken.
 */
export function mcnemarMidP(counts: PairedCounts): number {
  checkPairs(counts);
  const { fixed, broken } = counts;
  if (fixed === broken) return 1;
  return mcnemarExact(counts) - binomialProbability(Math.min(fixed, broken), fixed + broken, 0.5);
}

/**
 * Returns the score interval of the difference of two paired proportions, now − before (Tango 1998): the
 * differences that the score test does not reject. −1 to 1 without pairs. Throws `invalid` OPTION_INVALID.
 */
export function pairedDifferenceInterval(
  counts: PairedCounts,
  confidence: number = DEFAULT_CONFIDENCE,
): Interval {
  checkPairs(counts);
  const z = criticalValue(confidence);
  const { fixed, broken, n } = counts;
  if (n === 0) return { low: -1, high: 1 };
  const estimate = (fixed - broken) / n;
  return {
    low: findEnd((difference) => pairedScore(counts, difference) - z, -1, estimate),
    high: findEnd((difference) => pairedScore(counts, difference) + z, estimate, 1),
  };
}

/** Returns the score statistic of a difference: falling, 0 at the estimate. */
export function pairedScore({ fixed, broken, n }: PairedCounts, difference: number): number {
  const distance = fixed - broken - n * difference;
  if (distance === 0) return 0;
  // The share of broken samples that is most likely under the difference.
  const b = -fixed - broken + (2 * n - fixed + broken) * difference;
  const c = -broken * difference * (1 - difference);
  const share = (Math.sqrt(Math.max(0, b * b - 8 * n * c)) - b) / (4 * n);
  const variance = n * (2 * share + difference * (1 - difference));
  return variance <= 0 ? Math.sign(distance) * Infinity : distance / Math.sqrt(variance);
}

/** Bisects a falling function to the last bit. */
function findEnd(value: (at: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (value(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
