import { countWhile } from '@noema/kernel/sorted-search';
import { optionInvalid } from '../evaluation.errors.js';
import type { RankedCounts } from './ranking.js';

/** Counts and metrics at a threshold; ratios are NaN where the denominator is 0. */
export interface ThresholdMetrics {
  /** A score at or above it counts as positive. */
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly accuracy: number;
  /** Share of the negatives below the threshold. */
  readonly specificity: number;
}

/** Returns what each threshold decides, in the order given. Throws `invalid` OPTION_INVALID for NaN. */
export function sweepThresholds(ranked: RankedCounts, thresholds: readonly number[]): ThresholdMetrics[] {
  const { positives, negatives } = ranked;
  return thresholds.map((threshold) => {
    if (Number.isNaN(threshold)) throw optionInvalid('threshold', threshold, 'a number');
    const at = countWhile(ranked.thresholds, (one) => one >= threshold) - 1;
    const truePositives = at < 0 ? 0 : ranked.truePositives[at]!;
    const falsePositives = at < 0 ? 0 : ranked.falsePositives[at]!;
    return {
      threshold,
      truePositives,
      falsePositives,
      trueNegatives: negatives - falsePositives,
      falseNegatives: positives - truePositives,
      precision: truePositives / (truePositives + falsePositives),
      recall: truePositives / positives,
      f1: (2 * truePositives) / (truePositives + falsePositives + positives),
      accuracy: (truePositives + negatives - falsePositives) / (positives + negatives),
      specificity: (negatives - falsePositives) / negatives,
    };
  });
}
