import { insertNeighbor, type Points, squareUpTo } from '@noema/manifold';
import type { Found, SearchOptions } from './vector-index.js';

/** Candidates of m queries: [m, reach], in any order, possibly with −1 or rows beyond the population, which are none. */
export interface Candidates {
  readonly reach: number;
  readonly rows: ArrayLike<number>;
}

/** Writes the k nearest of the candidates of the queries [from, to) into `found`: true Euclidean distances in float64, ties by row. */
export function rerank(vectors: Points, queries: Points, { reach, rows }: Candidates, found: Found, from: number, options: SearchOptions): void {
  const { n } = vectors, { k } = found, { allowed } = options, count = rows.length / reach, squares = new Float64Array(k), last = k - 1;
  for (let q = 0; q < count; q++) {
    const self = options.firstRow === undefined ? -1 : options.firstRow + from + q, base = (from + q) * k;
    const nearest = found.rows.subarray(base, base + k).fill(-1);
    squares.fill(Infinity);
    for (let c = q * reach; c < (q + 1) * reach; c++) {
      const row = Number(rows[c]);
      if (row < 0 || row >= n || row === self || allowed?.[row] === 0) continue;
      insertNeighbor(row, squareUpTo(queries, from + q, vectors, row, squares[last]!), nearest, squares);
    }
    for (let at = 0; at < k; at++) found.distances[base + at] = Math.sqrt(squares[at]!);
  }
}
