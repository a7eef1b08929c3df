import type { NeighborGraph } from '@noema/manifold';
import type { JudgedLabels } from './judged-labels.js';

/** Share of the weight that the farthest neighbour loses against one at distance 0. */
const FALL = 0.75;

/**
 * Returns the share of each judged class among the neighbours of each sample, nearer ones counting more, [n, classes]
 * float32. Copies of the sample (distance 0, or of its group) and samples without a judged label do not vote; a sample
 * without voters has only zeros.
 */
export function voteByNeighbors(
  { n, k, indices, distances }: NeighborGraph,
  { classes, classCount }: JudgedLabels,
  isCopy: (row: number, other: number) => boolean,
): Float32Array {
  const votes = new Float32Array(n * classCount);
  for (let row = 0; row < n; row++) {
    const farthest = distances[row * k + k - 1]!;
    let sum = 0;
    for (let at = row * k; at < (row + 1) * k; at++) {
      const other = indices[at]!;
      if (classes[other]! < 0 || distances[at] === 0 || isCopy(row, other)) continue;
      const weight = 1 - FALL * (distances[at]! / farthest) ** 2;
      votes[row * classCount + classes[other]!]! += weight;
      sum += weight;
    }
    if (sum === 0) continue;
    for (let c = 0; c < classCount; c++) votes[row * classCount + c]! /= sum;
  }
  return votes;
}
