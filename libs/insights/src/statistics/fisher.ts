import { logGamma } from '@noema/evaluation';

/** Hits inside and outside of a group. */
export interface HitCounts {
  readonly insideHits: number;
  readonly insideCount: number;
  readonly outsideHits: number;
  readonly outsideCount: number;
}

/**
 * Returns the one-sided p-value of Fisher's exact test (1935): the chance of `insideHits` or more when the hits are
 * spread over all at random.
 */
export function fisherGreater({ insideHits, insideCount, outsideHits, outsideCount }: HitCounts): number {
  const hits = insideHits + outsideHits;
  const most = Math.min(hits, insideCount);
  const least = Math.max(0, hits - outsideCount);
  if (insideHits <= least) return 1;
  const misses = insideCount + outsideCount - hits;
  // Each term from the one before, relative to the first; the shorter tail is summed.
  const mean = (hits * insideCount) / (insideCount + outsideCount);
  const next = (k: number): number =>
    ((hits - k) * (insideCount - k)) / ((k + 1) * (misses - insideCount + k + 1));
  const logFirst =
    logChoose(hits, insideHits) +
    logChoose(misses, insideCount - insideHits) -
    logChoose(insideCount + outsideCount, insideCount);
  let [sum, term] = [0, 1];
  if (insideHits >= mean) {
    for (let k = insideHits; k <= most && term > sum * 1e-17; k++) {
      sum += term;
      term *= next(k);
    }
    return Math.min(1, Math.exp(logFirst) * sum);
  }
  for (let k = insideHits - 1; k >= least; k--) {
    term /= next(k);
    if (term <= sum * 1e-17) break;
    sum += term;
  }
  return Math.max(0, 1 - Math.exp(logFirst) * sum);
}

/** Returns the two-sided p-value of the same test: twice the smaller one of the two tails. */
export function fisherTwoSided({ insideHits, insideCount, outsideHits, outsideCount }: HitCounts): number {
  const more = fisherGreater({ insideHits, insideCount, outsideHits, outsideCount });
  const less = fisherGreater({
    insideHits: insideCount - insideHits,
    insideCount,
    outsideHits: outsideCount - outsideHits,
    outsideCount,
  });
  return Math.min(1, 2 * Math.min(more, less));
}

const logChoose = (n: number, k: number): number => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
