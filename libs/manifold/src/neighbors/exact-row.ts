import type { Points } from '../points.js';

const DIMENSIONS_AT_ONCE = 8;

/**
 * Returns the squared distance in float64 between point i of some points and point j of others, or a value
 * above `limit` if it exceeds `limit`.
 */
export function squareUpTo(
  { data: from, d }: Points,
  i: number,
  { data: to }: Points,
  j: number,
  limit: number,
): number {
  let square = 0;
  for (let c = 0, a = i * d, b = j * d; c < d && square <= limit; ) {
    for (const end = Math.min(d, c + DIMENSIONS_AT_ONCE); c < end; c++) {
      const gap = to[b++]! - from[a++]!;
      square += gap * gap;
    }
  }
  return square;
}

/** Points that a search may return. */
export interface SearchLimits {
  /** Index of the query among the points, which is excluded. Default: −1, none. */
  readonly self?: number;
  /** One byte per point; 0 excludes the point. */
  readonly allowed?: Uint8Array | undefined;
}

/**
 * Writes the exact neighbours of point i by comparing all points, nearest first, ties by index: `indices` [k]
 * and the `squares` [k] of their distances.
 */
export function exactRow(cloud: Points, i: number, indices: Int32Array, squares: Float64Array): void {
  compareAll(cloud, cloud, i, { self: i }, indices, squares);
}

/** As above, for row `query` of some queries; −1 and infinite if there are fewer than k. */
export function compareAll(
  cloud: Points,
  queries: Points,
  query: number,
  { self = -1, allowed }: SearchLimits,
  indices: Int32Array,
  squares: Float64Array,
): void {
  const last = squares.length - 1;
  squares.fill(Infinity);
  indices.fill(-1);
  // Among points at distance 0, the first are the nearest.
  for (let j = 0; j < cloud.n && squares[last]! > 0; j++) {
    if (j === self || allowed?.[j] === 0) continue;
    const square = squareUpTo(queries, query, cloud, j, squares[last]!);
    if (square < squares[last]!) insertNeighbor(j, square, indices, squares);
  }
}

/** Inserts a point among the nearest, ties by index. A point farther than the last is skipped. */
export function insertNeighbor(j: number, square: number, indices: Int32Array, squares: Float64Array): void {
  let at = squares.length - 1;
  if (square > squares[at]! || (square === squares[at] && j > indices[at]!)) return;
  for (
    ;
    at > 0 && (squares[at - 1]! > square || (squares[at - 1] === square && indices[at - 1]! > j));
    at--
  ) {
    squares[at] = squares[at - 1]!;
    indices[at] = indices[at - 1]!;
  }
  squares[at] = square;
  indices[at] = j;
}
