import type { UnitResponses } from '../../population/population.js';

/** A unit, the mean and the scale of its responses over the reference, and its weight. */
export interface StandardUnit {
  readonly unit: number;
  readonly mean: number;
  /** 1 / standard deviation; 0 for a unit whose responses are all equal. */
  readonly scale: number;
}

/** Describes units over reference rows, by the running moments of Welford (1962). */
export function describeUnits(
  { values }: UnitResponses,
  n: number,
  units: readonly number[],
  reference: Int32Array,
): StandardUnit[] {
  return units.map((unit) => {
    let [mean, squares, count] = [0, 0, 0];
    for (const row of reference) {
      const value = values[unit * n + row]!;
      const gap = value - mean;
      mean += gap / ++count;
      squares += gap * (value - mean);
    }
    const deviation = Math.sqrt(squares / count);
    return { unit, mean, scale: deviation > 1e-6 * Math.abs(mean) ? 1 / deviation : 0 };
  });
}

/** Returns the rows whose responses are all finite, in their order. */
export function keepFinite({ values }: UnitResponses, n: number, rows: Int32Array): Int32Array {
  const units = values.length / n;
  const broken = new Uint8Array(n);
  for (let unit = 0, at = 0; unit < units; unit++)
    for (let row = 0; row < n; row++, at++) if (values[at]! - values[at]! !== 0) broken[row] = 1;
  return rows.filter((row) => broken[row] === 0);
}
