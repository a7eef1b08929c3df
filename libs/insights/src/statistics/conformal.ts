import { countBelow } from '@noema/kernel/sorted-search';

/**
 * Returns the conformal p-value of each score, (1 + number of calibration scores at or above it) / (1 + number of
 * calibration scores), [scores] float64 (Vovk, Gammerman & Shafer 2005): at most α with probability α or less for a
 * score that is exchangeable with the calibration scores, whatever their distribution. NaN for a score of NaN;
 * calibration scores of NaN are left out.
 */
export function conformalPValues(
  calibration: Float32Array | Float64Array,
  scores: Float32Array | Float64Array,
): Float64Array {
  const rising = calibration.filter((score) => !Number.isNaN(score)).sort();
  const n = rising.length;
  return Float64Array.from(scores, (score) =>
    Number.isNaN(score) ? NaN : (1 + n - countBelow(rising, score)) / (1 + n),
  );
}
