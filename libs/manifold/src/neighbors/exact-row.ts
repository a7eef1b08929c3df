import { type Points, squareBetween } from '../points.js';

const DIMENSIONS_AT_ONCE = 8;

/** The squared distance of point i of some points to point j of others in float64, or something above `limit` when it is above. */
export function squareUpTo({ data: from, d }: Points, i: number, { data: to }: Points, j: number, limit: number): number {
  let square = 0;
  for (let c = 0, a = i * d, b = j * d; c < d && square <= limit;) {
    for (const end = Math.min(d, c + DIMENSIONS_AT_ONCE); c < end; c++) {
      const gap = to[b++]! - from[a++]!;
      square += gap * gap;
    }
  }
  return square;
}

/** Where neighbours are written: rows of points [n, k] and of Euclidean distances. */
interface WrittenNeighbors {
  readonly k: number;
  readonly indices: Int32Array;
  readonly distances: Float32Array;
}

/** Writes the nearest of some candidates as the neighbours of point i, measured in float64, ties by index. */
export function writeNearest(cloud: Points, i: number, candidates: ArrayLike<number>, { k, indices, distances }: WrittenNeighbors): void {
  const measured = Array.from(candidates, (j) => ({ j, square: squareBetween(cloud, i, j) })).sort((a, b) => a.square - b.square || a.j - b.j);
  for (let m = 0; m < k; m++) {
    indices[i * k + m] = measured[m]!.j;
    distances[i * k + m] = Math.sqrt(measured[m]!.square);
  }
}

/** Writes the exact neighbours of point i by looking at all, nearest first, ties by index: `indices` [k] and `squares` [k] of their distances. */
export function exactRow(cloud: Points, i: number, indices: Int32Array, squares: Float64Array): void {
  search(cloud, cloud, i, i, indices, squares);
}

/** The same for a vector [d] that is none of the points. */
export function exactRowOf(cloud: Points, vector: Float32Array, indices: Int32Array, squares: Float64Array): void {
  search(cloud, { data: vector, n: 1, d: cloud.d }, 0, -1, indices, squares);
}

function search(cloud: Points, queries: Points, query: number, self: number, indices: Int32Array, squares: Float64Array): void {
  const last = squares.length - 1;
  squares.fill(Infinity);
  for (let j = 0; j < cloud.n; j++) {
    if (j === self) continue;
    const limit = squares[last]!, square = squareUpTo(queries, query, cloud, j, limit);
    if (square >= limit) continue;
    let at = last;
    for (; at > 0 && squares[at - 1]! > square; at--) {
      squares[at] = squares[at - 1]!;
      indices[at] = indices[at - 1]!;
    }
    squares[at] = square;
    indices[at] = j;
  }
}
