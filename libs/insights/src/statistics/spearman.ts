import { studentCdf } from '@noema/evaluation';
import { sortedRows } from '@noema/kernel/sorted-rows';

type Numbers = Float32Array | Float64Array;

/** Rank correlation of two columns and its two-sided p-value. */
export interface RankCorrelation {
  /** From −1 to 1; NaN when a column does not vary. */
  readonly coefficient: number;
  readonly pValue: number;
  /** Number of rows with both values. */
  readonly n: number;
}

/**
 * Returns Spearman's rank correlation (1904) of the rows with two finite values; ties share their mean rank. The
 * p-value is Student's with n − 2 degrees of freedom; NaN with fewer than three rows.
 */
export function spearman(x: Numbers, y: Numbers): RankCorrelation {
  const rows = [...x.keys()].filter((row) => Number.isFinite(x[row]) && Number.isFinite(y[row]));
  const [a, b] = [x, y].map((values) => averageRanks(Float64Array.from(rows, (row) => values[row]!)));
  const n = rows.length;
  const mean = (n + 1) / 2;
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const da = a![i]! - mean;
    const db = b![i]! - mean;
    product += da * db;
    squaresA += da * da;
    squaresB += db * db;
  }
  const coefficient = squaresA * squaresB === 0 ? NaN : product / Math.sqrt(squaresA * squaresB);
  const t = Math.abs(coefficient) * Math.sqrt((n - 2) / Math.max(0, 1 - coefficient ** 2));
  return { coefficient, pValue: n < 3 ? NaN : t === Infinity ? 0 : 2 * studentCdf(-t, n - 2), n };
}

/** Returns the rank of each value from 1 on, [n] float64; equal values share the mean of their ranks. */
export function averageRanks(values: Numbers): Float64Array {
  const order = sortedRows(values);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let at = from; at < to; at++) ranks[order[at]!] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}
