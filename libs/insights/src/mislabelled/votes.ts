import type { NeighborGraph } from '@noema/manifold';
import type { JudgedLabels } from './judged-labels.js';

/** Share of the weight that the farthest neighbour loses against one at distance 0. */
const FALL = 0.75;

export interface VoteOptions {
  /** Number of samples of the population. */
  readonly n: number;
  readonly isCopy: (row: number, other: number) => boolean;
}

/**
 * Returns a function that adds the share of each judged class among the neighbours of a row, nearer ones counting
 * more. The graph numbers the samples by their place in `members`. Copies of the sample (distance 0, or of its group)
 * and samples without a judged label do not vote; a sample without voters, or outside of the graph, adds nothing.
 */
export function castVotes(
  { k, indices, distances }: NeighborGraph,
  members: Int32Array,
  { classes }: Pick<JudgedLabels, 'classes'>,
  { n, isCopy }: VoteOptions,
): (row: number, into: Float64Array) => void {
  const places = new Int32Array(n).fill(-1);
  for (const [at, row] of members.entries()) places[row] = at;
  const votes = new Float64Array(k);
  return (row, into) => {
    const place = places[row]!;
    if (place === -1) return;
    const from = place * k;
    const farthest = distances[from + k - 1]!;
    let sum = 0;
    for (let i = 0; i < k; i++) {
      const other = members[indices[from + i]!]!;
      const isVoter = classes[other]! >= 0 && distances[from + i] !== 0 && !isCopy(row, other);
      votes[i] = isVoter ? 1 - FALL * (distances[from + i]! / farthest) ** 2 : 0;
      sum += votes[i]!;
    }
    if (sum === 0) return;
    for (let i = 0; i < k; i++)
      if (votes[i]! > 0) into[classes[members[indices[from + i]!]!]!]! += votes[i]! / sum;
  };
}
