import { normalQuantile } from '../statistics/distributions.js';
import { checkOpenShare } from '../evaluation.errors.js';
import type { Interval } from '../statistics/interval.js';

/** The errors `outcome − score` of the samples of one bin. */
export interface BinError {
  sum: number;
  squares: number;
  /** Sum of score · (1 − score): the squares that calibrated scores have on average. */
  expectedSquares: number;
}

/** Samples below which sums of errors are too far from normal. */
const MIN_SAMPLES = 20;
/** Mean and third central moment of |z| for a standard normal z. */
const MEAN = Math.sqrt(2 / Math.PI);
const THIRD_MOMENT = MEAN * (4 / Math.PI - 1);

/**
 * Returns the interval of the calibration error Σ |gᵢ|, where gᵢ is the mean error of a bin over all n samples.
 * Undefined with fewer than 20 samples. Throws `invalid` OPTION_INVALID.
 *
 * An estimate is gᵢ + eᵢ with about normal noise eᵢ. Σ |gᵢ + eᵢ| is at most Σ |gᵢ| + Σ |eᵢ|, and at least Σ |gᵢ| plus
 * the noise Σ ± eᵢ with the signs of gᵢ. The quantiles of both noises bound the error for any gᵢ, so the interval is
 * never too narrow because bins are calibrated, and too wide by what the inequalities leave. The quantile of Σ |eᵢ|
 * is by Cornish and Fisher (1938) from its first three moments.
 */
export function calibrationErrorInterval(
  bins: readonly Readonly<BinError>[],
  n: number,
  confidence: number,
): Interval | undefined {
  checkOpenShare('confidence', confidence);
  if (n < MIN_SAMPLES) return undefined;
  let [error, mean, variance, third] = [0, 0, 0, 0];
  for (const { sum, squares, expectedSquares } of bins) {
    const own = sum / n;
    // Bins without a misclassified sample would have almost no variance by their squares alone.
    const ownVariance = Math.max(0, Math.max(squares, expectedSquares) / n - own ** 2) / n;
    error += Math.abs(own);
    mean += MEAN * Math.sqrt(ownVariance);
    variance += ownVariance;
    third += THIRD_MOMENT * ownVariance ** 1.5;
  }
  const z = normalQuantile((1 + confidence) / 2);
  const ofAbsolute = variance * (1 - MEAN ** 2);
  const skewness = ofAbsolute > 0 ? third / ofAbsolute ** 1.5 : 0;
  const noise = mean + Math.sqrt(ofAbsolute) * (z + ((z ** 2 - 1) * skewness) / 6);
  return { low: Math.max(0, error - noise), high: Math.min(1, error + z * Math.sqrt(variance)) };
}
