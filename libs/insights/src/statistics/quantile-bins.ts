import { countBelow } from '@noema/kernel/sorted-search';

type Numbers = Float32Array | Float64Array;

/** Bins of a column of numbers. */
export interface QuantileBins {
  /** Bin of each value, [n] int32; −1 where it is missing. */
  readonly codes: Int32Array;
  /** Rising upper ends, included, of all bins but the last. */
  readonly edges: Float64Array;
}

/**
 * Puts values into at most `bins` bins of nearly equal counts. Equal values share a bin, so that a column with few
 * distinct values gets fewer. NaN is missing.
 */
export function quantileBins(values: Numbers, bins: number): QuantileBins {
  const rising = values.filter((value) => !Number.isNaN(value)).sort();
  const edges: number[] = [];
  for (let bin = 1; bin < bins; bin++) {
    const edge = rising[Math.ceil((bin * rising.length) / bins) - 1];
    const isLast = edge === undefined || edge === rising.at(-1);
    if (!isLast && edge !== edges.at(-1)) edges.push(edge);
  }
  const ends = Float64Array.from(edges);
  const codes = Int32Array.from(values, (value) => (Number.isNaN(value) ? -1 : countBelow(ends, value)));
  return { codes, edges: ends };
}
