import { symmetricEigen } from '@noema/perception';
import type { UnitResponses } from '@noema/insights';

/** Share of the variance of the reference that the principal space keeps. */
const KEPT = 0.95;
/** Units and reference rows beyond these are sampled evenly: the cost grows with units². */
const [MAX_UNITS, MAX_ROWS] = [256, 20_000];

/**
 * Scores samples by the length of the part of their responses that the principal space of the reference does not
 * explain (the residual of ViM: Wang et al., CVPR 2022). Units are standardised on the reference.
 */
export function scoreResidual(
  { values }: UnitResponses,
  n: number,
  {
    units,
    reference,
    rows,
  }: { readonly units: readonly number[]; readonly reference: Int32Array; readonly rows: Int32Array },
): Float64Array {
  const kept = pickEvenly(units, MAX_UNITS);
  const sample = pickEvenly([...reference], MAX_ROWS);
  const standard = kept.map((unit) => standardise(values.subarray(unit * n, (unit + 1) * n), sample));
  const d = kept.length;
  const matrix = new Float64Array(d * d);
  const x = new Float64Array(d);
  for (const row of sample) {
    for (let u = 0; u < d; u++) x[u] = standard[u]!(row);
    for (let u = 0; u < d; u++)
      for (let v = 0; v <= u; v++) matrix[u * d + v]! += (x[u]! * x[v]!) / sample.length;
  }
  const eigen = symmetricEigen(matrix, d);
  const total = eigen.values.reduce((sum, value) => sum + Math.max(0, value), 0);
  let [first, sum] = [0, 0];
  while (first < d && sum < KEPT * total) sum += Math.max(0, eigen.values[first++]!);
  return Float64Array.from(rows, (row) => {
    for (let u = 0; u < d; u++) x[u] = standard[u]!(row);
    let square = 0;
    for (let u = 0; u < d; u++) square += x[u]! ** 2;
    for (let at = 0; at < first; at++) {
      let along = 0;
      for (let u = 0; u < d; u++) along += eigen.vectors[at * d + u]! * x[u]!;
      square -= along ** 2;
    }
    return Math.sqrt(Math.max(0, square));
  });
}

/** Returns the standardised value of a row. A unit that never changes in the sample keeps its scale. */
function standardise(values: Float32Array, sample: readonly number[]): (row: number) => number {
  let [mean, squares, count] = [0, 0, 0];
  for (const row of sample) {
    const gap = values[row]! - mean;
    mean += gap / ++count;
    squares += gap * (values[row]! - mean);
  }
  const deviation = Math.sqrt(squares / count) || 1;
  return (row) => (values[row]! - mean) / deviation;
}

function pickEvenly<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, at) => all[Math.floor((at * all.length) / most)]!);
}
