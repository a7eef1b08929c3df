import { insertNeighbor, type Points, squareUpTo } from '@noema/manifold';
import type { Found, SearchOptions } from './vector-index.js';

/**
 * Candidates of m queries: [m, reach], in any order, possibly with −1 or rows beyond the population, which
 * are not candidates.
 */
export interface Candidates {
  readonly reach: number;
  readonly rows: ArrayLike<number>;
}

/** Rows that are measured together, and coordinates between two looks whether all of them are too far. */
const ROWS_AT_ONCE = 4;
const COORDINATES_AT_ONCE = 16;

/**
 * Writes the k nearest of the candidates of the queries [from, to) into `found`: true Euclidean distances in
 * float64, ties by row.
 */
export function rerank(
  vectors: Points,
  queries: Points,
  { reach, rows }: Candidates,
  found: Found,
  from: number,
  options: SearchOptions,
): void {
  const { n } = vectors;
  const { k } = found;
  const { allowed } = options;
  const count = rows.length / reach;
  const squares = new Float64Array(k);
  const last = k - 1;
  const together = new Int32Array(ROWS_AT_ONCE);
  const measured = new Float64Array(ROWS_AT_ONCE);
  for (let q = 0; q < count; q++) {
    const self = options.firstRow === undefined ? -1 : options.firstRow + from + q;
    const base = (from + q) * k;
    const nearest = found.rows.subarray(base, base + k).fill(-1);
    squares.fill(Infinity);
    let held = 0;
    for (let c = q * reach; c < (q + 1) * reach; c++) {
      const row = Number(rows[c]);
      if (row < 0 || row >= n || row === self || allowed?.[row] === 0) continue;
      together[held++] = row;
      if (held < ROWS_AT_ONCE) continue;
      squaresUpTo(queries, from + q, vectors, together, squares[last]!, measured);
      for (let i = 0; i < ROWS_AT_ONCE; i++) insertNeighbor(together[i]!, measured[i]!, nearest, squares);
      held = 0;
    }
    for (let i = 0; i < held; i++)
      insertNeighbor(
        together[i]!,
        squareUpTo(queries, from + q, vectors, together[i]!, squares[last]!),
        nearest,
        squares,
      );
    for (let at = 0; at < k; at++) found.distances[base + at] = Math.sqrt(squares[at]!);
  }
}

/**
 * Four squares as `squareUpTo` gives one: each sum waits for its last addition, four do not wait for each
 * other. Beyond the limit only when all are.
 */
function squaresUpTo(
  { data: from, d }: Points,
  i: number,
  { data: to }: Points,
  rows: Int32Array,
  limit: number,
  squares: Float64Array,
): void {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let [at0, at1, at2, at3] = [rows[0]! * d, rows[1]! * d, rows[2]! * d, rows[3]! * d];
  for (let c = 0, a = i * d; c < d && Math.min(s0, s1, s2, s3) <= limit; ) {
    for (const end = Math.min(d, c + COORDINATES_AT_ONCE); c < end; c++) {
      const x = from[a++]!;
      const g0 = to[at0++]! - x;
      const g1 = to[at1++]! - x;
      const g2 = to[at2++]! - x;
      const g3 = to[at3++]! - x;
      s0 += g0 * g0;
      s1 += g1 * g1;
      s2 += g2 * g2;
      s3 += g3 * g3;
    }
  }
  squares[0] = s0;
  squares[1] = s1;
  squares[2] = s2;
  squares[3] = s3;
}
