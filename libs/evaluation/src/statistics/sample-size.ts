import { checkCount, checkOpenShare } from '../evaluation.errors.js';
import { normalCdf } from './distributions.js';
import { criticalValue, DEFAULT_CONFIDENCE } from './interval.js';

/** An estimate whose interval contains the limit of a test. */
export interface UndecidedEstimate {
  /** Number of samples so far. */
  readonly n: number;
  /** Estimate minus limit. */
  readonly distance: number;
  /** Standard error of the estimate with `n` samples. */
  readonly standardError: number;
}

/** Beyond this many times the samples so far, no number of samples is named. */
const MAX_FACTOR = 1e6;

/**
 * Returns the number of samples with which a new test decides with probability `power`, averaged over the values
 * that the estimate leaves possible ("assurance", O'Hagan, Stevens & Campbell 2005, with a flat prior). A number
 * for the estimate itself would be too small whenever the estimate is too far from the limit by chance. Undefined
 * when more than a million times `n` would be needed or the standard error is not known. Throws `invalid`
 * OPTION_INVALID.
 */
export function samplesToDecide(
  { n, distance, standardError }: UndecidedEstimate,
  { confidence = DEFAULT_CONFIDENCE, power = 0.9 }: { confidence?: number; power?: number } = {},
): number | undefined {
  checkCount('n', n);
  checkOpenShare('power', power);
  if (n === 0 || !(standardError > 0) || !Number.isFinite(distance)) return undefined;
  const z = criticalValue(confidence);
  const effect = Math.abs(distance) / standardError;
  const assurance = (factor: number): number => {
    const spread = Math.sqrt(factor + 1);
    const mean = effect * Math.sqrt(factor);
    return normalCdf((mean - z) / spread) + normalCdf((-mean - z) / spread);
  };
  let [low, high] = [0, 1];
  while (assurance(high) < power) {
    if (high > MAX_FACTOR) return undefined;
    [low, high] = [high, high * 2];
  }
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (assurance(middle) < power) low = middle;
    else high = middle;
  }
  return Math.ceil(n * high);
}
