import type { WeightedGraph } from '../joined-graph.js';

/** Returns the connected components of a graph: the ascending rows of each, ordered by their first rows. */
export function components({ n, indptr, indices }: WeightedGraph): Int32Array[] {
  const part = new Int32Array(n).fill(-1);
  const waiting: number[] = [];
  const found: number[][] = [];
  for (let first = 0; first < n; first++) {
    if (part[first]! >= 0) continue;
    const rows: number[] = [];
    part[first] = found.length;
    waiting.push(first);
    for (let i = waiting.pop(); i !== undefined; i = waiting.pop()) {
      rows.push(i);
      for (let e = indptr[i]!; e < indptr[i + 1]!; e++) {
        const j = indices[e]!;
        if (part[j]! >= 0) continue;
        part[j] = found.length;
        waiting.push(j);
      }
    }
    found.push(rows);
  }
  return found.map((rows) => Int32Array.from(rows).sort());
}

/**
 * Returns the subgraph of some rows, which must contain both ends of all their edges. They are renumbered in
 * their order.
 */
export function extractPart({ n, indptr, indices, weights }: WeightedGraph, rows: Int32Array): WeightedGraph {
  if (rows.length === n) return { n, indptr, indices, weights };
  const numbers = new Int32Array(n);
  const own = new Int32Array(rows.length + 1);
  rows.forEach((row, at) => {
    numbers[row] = at;
    own[at + 1] = own[at]! + indptr[row + 1]! - indptr[row]!;
  });
  const ends = new Int32Array(own.at(-1)!);
  const given = new Float32Array(own.at(-1)!);
  rows.forEach((row, at) => {
    ends.set(
      indices.subarray(indptr[row], indptr[row + 1]).map((j) => numbers[j]!),
      own[at],
    );
    given.set(weights.subarray(indptr[row], indptr[row + 1]), own[at]);
  });
  return { n: rows.length, indptr: own, indices: ends, weights: given };
}
