import { sortedQuantile } from '@noema/kernel/sorted-quantile';
import { countBelow } from '@noema/kernel/sorted-search';
import { checkCount, checkRows } from '../evaluation.errors.js';
import { DEFAULT_CONFIDENCE, type Interval } from '../statistics/interval.js';
import { type BinError, calibrationErrorInterval } from './calibration-interval.js';
import type { ScoreColumns } from './ranking.js';

/** Where bins end: at equal steps of the score, or at its quantiles. */
export type BinStrategy = 'uniform' | 'quantile';

/** Samples with scores in one bin. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  /** Number of samples. */
  readonly n: number;
  /** Mean score; NaN in an empty bin. */
  readonly confidence: number;
  /** Share of positives; NaN in an empty bin. */
  readonly share: number;
  readonly positives: number;
}

export interface Calibration {
  readonly bins: readonly ReliabilityBin[];
  /** Mean of |share − confidence| over the bins, weighted by their samples (Naeini et al. 2015). */
  readonly expectedCalibrationError: number;
  /** Interval of it, at least as wide as its confidence needs; undefined with fewer than 20 samples. */
  readonly errorInterval: Interval | undefined;
  /** The largest |share − confidence| of a bin. */
  readonly maximumCalibrationError: number;
  /** Mean squared difference of score and outcome (Brier 1950). */
  readonly brier: number;
  readonly n: number;
}

/**
 * Compares scores in 0…1 with outcomes. A score at the end of a bin belongs to the bin below it; rows whose score is
 * outside 0…1 are left out. Weights are not used. Throws `invalid` OPTION_INVALID, COLUMN_LENGTHS_DIFFER.
 */
export function computeCalibration(
  { isPositive, scores }: ScoreColumns,
  {
    bins: binCount = 10,
    strategy = 'uniform',
    confidence = DEFAULT_CONFIDENCE,
  }: { readonly bins?: number; readonly strategy?: BinStrategy; readonly confidence?: number } = {},
): Calibration {
  checkCount('bins', binCount, 1);
  checkRows(isPositive.length, { scores });
  const edges =
    strategy === 'uniform'
      ? Float64Array.from({ length: binCount + 1 }, (_, i) => (i === binCount ? 1 : i * (1 / binCount)))
      : quantileEdges(scores, binCount);
  const counts = new Float64Array(binCount);
  const sums = new Float64Array(binCount);
  const positives = new Float64Array(binCount);
  const errorsOfBins = Array.from(counts, (): BinError => ({ sum: 0, squares: 0, expectedSquares: 0 }));
  let [squares, n] = [0, 0];
  for (let row = 0; row < scores.length; row++) {
    const score = scores[row]!;
    if (!(score >= 0 && score <= 1)) continue;
    const bin = findBin(edges, score);
    counts[bin]!++;
    sums[bin]! += score;
    positives[bin]! += isPositive[row]!;
    const error = isPositive[row]! - score;
    const errors = errorsOfBins[bin]!;
    errors.sum += error;
    errors.squares += error ** 2;
    errors.expectedSquares += score * (1 - score);
    squares += error ** 2;
    n++;
  }
  const bins = Array.from(counts, (count, i) => ({
    low: edges[i]!,
    high: edges[i + 1]!,
    n: count,
    confidence: sums[i]! / count,
    share: positives[i]! / count,
    positives: positives[i]!,
  }));
  const differences = bins
    .filter((bin) => bin.n > 0)
    .map((bin) => Math.abs(bin.share - bin.confidence) * bin.n);
  return {
    bins,
    expectedCalibrationError: differences.reduce((sum, difference) => sum + difference, 0) / n,
    errorInterval: calibrationErrorInterval(errorsOfBins, n, confidence),
    maximumCalibrationError: bins.reduce(
      (most, bin) => (bin.n > 0 ? Math.max(most, Math.abs(bin.share - bin.confidence)) : most),
      n === 0 ? NaN : 0,
    ),
    brier: squares / n,
    n,
  };
}

/**
 * Returns the Brier score of `probabilities` [n, classCount], row-major: the mean over the samples of the sum of
 * squared differences, 0 to 2. Rows without a class are left out; NaN without rows.
 */
export function brierScore(
  truth: Int32Array,
  probabilities: Float32Array | Float64Array,
  classCount: number,
): number {
  checkRows(truth.length * classCount, { probabilities });
  let [sum, n] = [0, 0];
  for (let row = 0; row < truth.length; row++) {
    const own = truth[row]!;
    if (own < 0 || own >= classCount) continue;
    for (let k = 0; k < classCount; k++)
      sum += (probabilities[row * classCount + k]! - (k === own ? 1 : 0)) ** 2;
    n++;
  }
  return sum / n;
}

function quantileEdges(scores: Float32Array | Float64Array, binCount: number): Float64Array {
  const ascending = Float64Array.from(scores)
    .filter((score) => score >= 0 && score <= 1)
    .sort();
  return Float64Array.from({ length: binCount + 1 }, (_, i) => sortedQuantile(ascending, i / binCount));
}

/** Index of the bin whose lower edge is below the value and whose upper edge is not. */
function findBin(edges: Float64Array, value: number): number {
  return countBelow(edges.subarray(1, -1), value);
}
