import { type Points, squareUpTo } from '@noema/manifold';
import type { Found, SearchOptions } from './vector-index.js';

/** Candidates of m queries: [m, reach], in any order, possibly with −1 or rows beyond the population, which are none. */
export interface Candidates {
  readonly reach: number;
  readonly rows: ArrayLike<number>;
  /** Rows that one candidate stands for: number c for those from c · group; default 1. */
  readonly group?: number;
}

/** Writes the k nearest of the candidates of the queries [from, to) into `found`: true Euclidean distances in float64, ties by row. */
export function rerank(vectors: Points, queries: Points, { reach, rows, group = 1 }: Candidates, found: Found, from: number, options: SearchOptions): void {
  const { n } = vectors, { k, rows: nearest } = found, { allowed } = options, count = rows.length / reach, squares = new Float64Array(k), last = k - 1;
  for (let q = 0; q < count; q++) {
    const self = options.firstRow === undefined ? -1 : options.firstRow + from + q, base = (from + q) * k;
    squares.fill(Infinity);
    nearest.fill(-1, base, base + k);
    for (let c = q * reach; c < (q + 1) * reach; c++) {
      const first = Math.max(0, Number(rows[c]) * group), end = Math.min(n, (Number(rows[c]) + 1) * group);
      for (let row = first; row < end; row++) {
        if (row === self || allowed?.[row] === 0) continue;
        const square = squareUpTo(queries, from + q, vectors, row, squares[last]!);
        if (square > squares[last]! || (square === squares[last] && row > nearest[base + last]!)) continue;
        let at = last;
        for (; at > 0 && (squares[at - 1]! > square || (squares[at - 1] === square && nearest[base + at - 1]! > row)); at--) {
          squares[at] = squares[at - 1]!;
          nearest[base + at] = nearest[base + at - 1]!;
        }
        squares[at] = square;
        nearest[base + at] = row;
      }
    }
    for (let at = 0; at < k; at++) found.distances[base + at] = Math.sqrt(squares[at]!);
  }
}
