import type { Points } from '@noema/manifold';
import type { Found, SearchOptions } from './vector-index.js';

/** Candidates of m queries: rows [m, reach], in any order, possibly with −1 or rows beyond the population, which are none. */
export interface Candidates {
  readonly reach: number;
  readonly rows: ArrayLike<number>;
}

/** Writes the k nearest of the candidates of the queries [from, to) into `found`: true Euclidean distances in float64, ties by row. */
export function rerank(vectors: Points, queries: Points, candidates: Candidates, found: Found, from: number, options: SearchOptions): void {
  const { reach, rows } = candidates;
  const { n, d, data } = vectors;
  const { k } = found;
  const count = rows.length / reach;
  const squares = new Float64Array(k);
  for (let q = 0; q < count; q++) {
    const self = options.firstRow === undefined ? -1 : options.firstRow + from + q;
    let held = 0;
    const base = (from + q) * k;
    for (let c = 0; c < reach; c++) {
      const row = Number(rows[q * reach + c]);
      if (row < 0 || row >= n || row === self || options.allowed?.[row] === 0) continue;
      let square = 0;
      for (let j = 0; j < d; j++) square += (queries.data[(from + q) * d + j]! - data[row * d + j]!) ** 2;
      if (held === k && !before(square, row, squares[k - 1]!, found.rows[base + k - 1]!)) continue;
      if (held < k) held++;
      let at = held - 1;
      for (; at > 0 && before(square, row, squares[at - 1]!, found.rows[base + at - 1]!); at--) {
        squares[at] = squares[at - 1]!;
        found.rows[base + at] = found.rows[base + at - 1]!;
      }
      squares[at] = square;
      found.rows[base + at] = row;
    }
    for (let at = 0; at < k; at++) {
      found.distances[base + at] = at < held ? Math.sqrt(squares[at]!) : Infinity;
      if (at >= held) found.rows[base + at] = -1;
    }
  }
}

const before = (square: number, row: number, otherSquare: number, otherRow: number): boolean => square < otherSquare || (square === otherSquare && row < otherRow);
