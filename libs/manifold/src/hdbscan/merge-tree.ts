import { DisjointSets, type SpanningTree } from './spanning-tree.js';

/**
 * The binary tree of single linkage: nodes 0 … n−1 are points; node n + m is merge m of `left` and `right` at
 * `heights` [n − 1]; `sizes` count points.
 */
export interface MergeTree {
  readonly n: number;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly heights: Float64Array;
  readonly sizes: Int32Array;
}

/** Merges along the edges of a spanning tree, shortest first. */
export function mergeTree({ from, to, weights }: SpanningTree): MergeTree {
  const n = weights.length + 1;
  const left = new Int32Array(n - 1);
  const right = new Int32Array(n - 1);
  const sizes = new Int32Array(n - 1);
  const sets = new DisjointSets(2 * n - 1);
  const getSize = (node: number): number => (node < n ? 1 : sizes[node - n]!);
  for (let m = 0; m < n - 1; m++) {
    const a = sets.find(from[m]!);
    const b = sets.find(to[m]!);
    [left[m], right[m], sizes[m]] = [a, b, getSize(a) + getSize(b)];
    sets.join(a, n + m);
    sets.join(b, n + m);
  }
  return { n, left, right, heights: weights, sizes };
}
