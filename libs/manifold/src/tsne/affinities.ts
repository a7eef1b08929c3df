import { joinEnds, type WeightedGraph } from '../joined-graph.js';
import type { NeighborGraph } from '../neighbor-graph.js';

const TOLERANCE = 1e-8;
const MAX_STEPS = 200;

/**
 * Returns the joint probabilities of a graph's edges, which sum to 1: Gaussians whose width gives every point
 * the same perplexity among its k neighbours, made symmetric by (p(j|i) + p(i|j)) / 2n (van der Maaten &
 * Hinton 2008, section 2).
 */
export function affinities({ n, indices, distances, k }: NeighborGraph, perplexity: number): WeightedGraph {
  const own = new Float32Array(n * k);
  const row = new Float64Array(k);
  for (let i = 0; i < n; i++) {
    conditional(distances.subarray(i * k, (i + 1) * k), Math.log(perplexity), row);
    own.set(row, i * k);
  }
  return joinEnds(n, indices, own, (here, there) => (here + there) / (2 * n));
}

/**
 * Writes p(j|i) of one point's distances [k] with an entropy of `entropy` nats. Equal distances give equal
 * probabilities.
 */
export function conditional(distances: Float32Array, entropy: number, into: Float64Array): void {
  const nearest = distances[0]! ** 2;
  let low = 0;
  let high = Infinity;
  let precision = 1;
  for (let step = 0; step < MAX_STEPS; step++) {
    let sum = 0;
    let moment = 0;
    for (let e = 0; e < into.length; e++) {
      const beyond = distances[e]! ** 2 - nearest;
      const weight = Math.exp(-beyond * precision);
      into[e] = weight;
      sum += weight;
      moment += beyond * weight;
    }
    for (let e = 0; e < into.length; e++) into[e]! /= sum;
    const gap = Math.log(sum) + (precision * moment) / sum - entropy;
    if (Math.abs(gap) < TOLERANCE) return;
    if (gap > 0) low = precision;
    else high = precision;
    precision = high === Infinity ? precision * 2 : (low + high) / 2;
    if (precision > 1e300) return;
  }
}
