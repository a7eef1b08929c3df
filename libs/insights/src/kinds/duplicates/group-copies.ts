import { DisjointSets } from '@noema/manifold';
import type { Population } from '../../population/population.js';
import type { SearchContext } from '../insight-kind.js';
import { type CopyPairs, sharePairs } from './pairs.js';

/**
 * Returns for each sample the first one of its copies, [n] int32: itself without a copy. Equal samples and verified
 * pairs are joined, chains too: what belongs together for halves and folds. Computed once a run with the pairs of
 * `duplicates`. Without inputs, each sample stands alone.
 */
export async function groupCopies(population: Population, context: SearchContext): Promise<Int32Array> {
  if (population.inputs === undefined) return Int32Array.from({ length: population.n }, (_, row) => row);
  return joinCopies(await sharePairs(population, context));
}

export function joinCopies({ original, edges }: Pick<CopyPairs, 'original' | 'edges'>): Int32Array {
  const sets = new DisjointSets(original.length);
  original.forEach((first, row) => sets.join(row, first));
  for (const { a, b } of edges) sets.join(a, b);
  const firsts = new Int32Array(original.length).fill(-1);
  // Rows rise, so that the first one that meets a set is its smallest.
  return original.map((_, row) => {
    const root = sets.find(row);
    if (firsts[root] === -1) firsts[root] = row;
    return firsts[root]!;
  });
}
