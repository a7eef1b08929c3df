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
    Number.isNaN(score) ? NaN : (1 + n - lowerBound(rising, score)) / (1 + n),
  );
}

/** Position of the first value that is not below `wanted`. */
function lowerBound(rising: Float32Array | Float64Array, wanted: number): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rising[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
