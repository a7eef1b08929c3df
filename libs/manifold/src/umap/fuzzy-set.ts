import { joinEnds, type WeightedGraph } from '../joined-graph.js';
import type { NeighborGraph } from '../neighbor-graph.js';

/** The fuzzy simplicial set of a neighbour graph: memberships of its edges, 0 to 1. */
export type FuzzySet = WeightedGraph;

const TOLERANCE = 1e-5;
const MAX_STEPS = 64;
/** Minimum bandwidth, as a share of the mean distance. */
export const MIN_SCALE = 1e-3;

/** Distance to the nearest neighbour that is not a duplicate, and bandwidth, of each point [n]. */
export interface SmoothDistances {
  readonly rho: Float64Array;
  readonly sigma: Float64Array;
}

/**
 * Finds σ with Σ exp(−max(0, d − ρ)/σ) = log₂(k + 1) for every point (McInnes, Healy & Melville 2018,
 * algorithm 3). k + 1, because umap-learn counts the point itself and the graph does not.
 */
function smoothDistances({ n, k, distances }: NeighborGraph): SmoothDistances {
  const rho = new Float64Array(n);
  const sigma = new Float64Array(n);
  const target = Math.log2(k + 1);
  const meanOfAll = distances.reduce((sum, distance) => sum + distance, 0) / (n * (k + 1));
  for (let i = 0; i < n; i++) {
    const row = distances.subarray(i * k, (i + 1) * k);
    rho[i] = row.find((distance) => distance > 0) ?? 0;
    sigma[i] = bandwidth(row, rho[i]!, target);
    const mean = rho[i]! > 0 ? row.reduce((sum, distance) => sum + distance, 0) / (k + 1) : meanOfAll;
    sigma[i] = Math.max(sigma[i]!, MIN_SCALE * mean);
  }
  return { rho, sigma };
}

/**
 * Returns σ with Σ exp(−max(0, d − ρ)/σ) = target over the distances of one point; 0 if too many of them are
 * at most ρ. Newton's method on 1/σ from 0 converges monotonically, because the sum is convex and decreasing.
 */
export function bandwidth(row: Float32Array, rho: number, target: number): number {
  let rate = 0;
  for (let step = 0; step < MAX_STEPS; step++) {
    let sum = 0;
    let slope = 0;
    for (const distance of row) {
      const beyond = distance - rho;
      if (beyond > 0) {
        const share = Math.exp(-beyond * rate);
        sum += share;
        slope += share * beyond;
      } else sum++;
    }
    if (sum - target < TOLERANCE) break;
    if (slope === 0) return 0;
    rate += (sum - target) / slope;
  }
  return 1 / rate;
}

/**
 * Returns the fuzzy simplicial set: memberships of every point's neighbours, joined by a + b − ab (algorithm
 * 2). Rows are sorted by index.
 */
export function fuzzySet(graph: NeighborGraph): FuzzySet {
  const { n, k, indices, distances } = graph;
  const { rho, sigma } = smoothDistances(graph);
  const own = new Float32Array(n * k);
  for (let e = 0; e < own.length; e++) {
    const i = Math.floor(e / k);
    const beyond = distances[e]! - rho[i]!;
    own[e] = beyond <= 0 || sigma[i] === 0 ? 1 : Math.exp(-beyond / sigma[i]!);
  }
  return joinEnds(n, indices, own, (here, there) => here + there - here * there);
}

/** Returns the graph without edges that a layout of this many epochs would never visit. */
export function withoutFaintEdges(set: FuzzySet, epochs: number): FuzzySet {
  const least = set.weights.reduce((most, weight) => Math.max(most, weight), 0) / epochs;
  const indptr = new Int32Array(set.n + 1);
  const indices = new Int32Array(set.indices.length);
  const weights = new Float32Array(set.indices.length);
  let count = 0;
  for (let i = 0; i < set.n; i++) {
    for (let e = set.indptr[i]!; e < set.indptr[i + 1]!; e++) {
      if (set.weights[e]! < least) continue;
      indices[count] = set.indices[e]!;
      weights[count++] = set.weights[e]!;
    }
    indptr[i + 1] = count;
  }
  return { n: set.n, indptr, indices: indices.slice(0, count), weights: weights.slice(0, count) };
}
