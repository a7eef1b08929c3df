import { DomainError } from '@noema/kernel';
import { checkCount, countTooLarge } from './count-limits.js';
import { exactRow } from './neighbors/exact-row.js';
import type { Points } from './points.js';

/**
 * The k nearest neighbours of every point, nearest first, the point itself excluded: indices int32 [n, k],
 * Euclidean distances float32 [n, k].
 */
export interface NeighborGraph {
  readonly n: number;
  readonly k: number;
  readonly indices: Int32Array;
  readonly distances: Float32Array;
}

/**
 * Throws `invalid` NEIGHBORS_INVALID, with the entry, if a graph does not match n points, has a point as its
 * own neighbour, or has invalid distances.
 */
export function checkNeighbors(graph: NeighborGraph, n: number): void {
  const { k, indices, distances } = graph;
  const fail = (why: string): never => {
    throw new DomainError(
      'invalid',
      'NEIGHBORS_INVALID',
      `the neighbor graph is damaged: ${why}; build it again`,
    );
  };
  if (graph.n !== n || indices.length !== n * k || distances.length !== n * k) {
    fail(`${indices.length} indices and ${distances.length} distances for ${n} points of ${k} neighbors`);
  }
  for (let e = 0; e < indices.length; e++) {
    const j = indices[e]!;
    const distance = distances[e]!;
    const i = Math.floor(e / k);
    if (j < 0 || j >= n || j === i) fail(`neighbor ${e % k} of point ${i} is ${j}`);
    if (!(distance >= 0 && distance < Infinity)) fail(`the distance from point ${i} to ${j} is ${distance}`);
  }
}

/**
 * Returns the same graph with only the first k neighbours of each point. Throws `invalid` K_TOO_LARGE if it
 * has fewer.
 */
export function takeNearest(graph: NeighborGraph, k: number): NeighborGraph {
  if (k === graph.k) return graph;
  if (k > graph.k)
    throw countTooLarge(
      `${k} neighbors were requested, the graph of ${graph.n} points holds ${graph.k}; ask for at most ` +
        `${graph.k}`,
    );
  const indices = new Int32Array(graph.n * k);
  const distances = new Float32Array(graph.n * k);
  for (let i = 0; i < graph.n; i++) {
    indices.set(graph.indices.subarray(i * graph.k, i * graph.k + k), i * k);
    distances.set(graph.distances.subarray(i * graph.k, i * graph.k + k), i * k);
  }
  return { n: graph.n, k, indices, distances };
}

/**
 * Returns the exact neighbours by comparing every pair in float64, ties by index. The reference
 * implementation, fast enough for some thousand points. Throws `invalid` K_TOO_LARGE unless 1 ≤ k < n.
 */
export function exactNeighbors(cloud: Points, k: number): NeighborGraph {
  const { n } = cloud;
  checkCount(k, 'neighbors', n, n - 1);
  const indices = new Int32Array(n * k);
  const distances = new Float32Array(n * k);
  const squares = new Float64Array(k);
  for (let i = 0; i < n; i++) {
    exactRow(cloud, i, indices.subarray(i * k, (i + 1) * k), squares);
    for (let m = 0; m < k; m++) distances[i * k + m] = Math.sqrt(squares[m]!);
  }
  return { n, k, indices, distances };
}
