import type { Points } from '../points.js';

/**
 * Adds the mean of some points of a map to a position [dims], by the weights [k] of the first k of `rows`.
 */
export function addMean(
  place: Float64Array,
  { data, d }: Points,
  rows: Int32Array,
  weights: Float64Array,
): void {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  weights.forEach((weight, m) => {
    for (let c = 0; c < d; c++) place[c]! += (weight / total) * data[rows[m]! * d + c]!;
  });
}
