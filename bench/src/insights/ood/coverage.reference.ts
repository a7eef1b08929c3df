import type { UnitResponses } from '@noema/insights';

/** Bins of the responses of a unit, and the share of the reference in a bin from which it counts as covered. */
const [BINS, COVERED] = [50, 0.05];

/**
 * Scores samples by the share of units whose response lies where few reference samples have theirs, from 0 to 1 (Liu
 * et al., Neuron activation coverage, ICLR 2024). Responses are standardised and squashed by a sigmoid; a bin with at
 * least 5 % of the reference counts as covered. One pass over the responses, unit by unit.
 */
export function scoreCoverage(
  { values }: UnitResponses,
  n: number,
  {
    units,
    reference,
    rows,
  }: { readonly units: readonly number[]; readonly reference: Int32Array; readonly rows: Int32Array },
): Float64Array {
  const scores = new Float64Array(rows.length);
  const counts = new Float64Array(BINS);
  let used = 0;
  for (const unit of units) {
    const own = values.subarray(unit * n, (unit + 1) * n);
    const { mean, deviation } = describe(own, reference);
    const toBin = (row: number): number =>
      Math.min(BINS - 1, Math.floor(BINS / (1 + Math.exp((mean - own[row]!) / deviation))));
    // A unit with one answer covers that answer alone.
    const isDead = deviation === 0;
    used++;
    counts.fill(0);
    if (!isDead) for (const row of reference) counts[toBin(row)]!++;
    const enough = COVERED * reference.length;
    rows.forEach((row, at) => {
      const covered = isDead ? Number(own[row] === mean) : Math.min(1, counts[toBin(row)]! / enough);
      scores[at]! += 1 - covered;
    });
  }
  return scores.map((sum) => sum / used);
}

function describe(
  values: Float32Array,
  rows: Int32Array,
): { readonly mean: number; readonly deviation: number } {
  let [mean, squares, count] = [0, 0, 0];
  for (const row of rows) {
    const gap = values[row]! - mean;
    mean += gap / ++count;
    squares += gap * (values[row]! - mean);
  }
  return { mean, deviation: Math.sqrt(squares / count) };
}
