import { DisjointSets } from '@noema/manifold';
import { type Clusters, renumber, thinGroups } from '../statistics/clusters.js';
import type { MetadataColumn, Population } from './population.js';

/** Samples with equal and similar inputs: the first sample with the same input of each, and pairs of similar ones. */
export interface Copies {
  readonly original: Int32Array;
  readonly edges: readonly { readonly a: number; readonly b: number }[];
}

/** Samples that belong together. */
export interface Groups {
  /** The first sample of the group of each sample, [n] int32. */
  readonly firsts: Int32Array;
  /** Number of samples that share their group with another one, and of their groups. */
  readonly grouped: number;
  readonly groups: number;
  /** Number of samples in chains of similar pairs that are too long to be copies of each other. */
  readonly split: number;
}

/** A larger share of all samples, and more samples, are not joined by a chain of similar pairs. */
const [MAX_SHARE, MIN_SPLIT] = [0.01, 50];

/**
 * Joins the samples with equal values of the group column, and copies of each other; undefined where no sample shares
 * its group. A chain of similar pairs joins its samples, unless it is long: samples that look much alike, such as ones
 * of handwriting, would join half of the data. Such a chain is split into equal samples.
 */
export function joinGroups(population: Population, copies?: Copies): Groups | undefined {
  const { n } = population;
  const sets = new DisjointSets(n);
  const split = copies === undefined ? 0 : joinCopies(copies, sets);
  const column = findGroupColumn(population);
  if (column !== undefined) {
    const firstRows = new Map<number, number>();
    const values = column.type === 'number' ? column.values : column.codes;
    for (let row = 0; row < n; row++) {
      if (isMissing(column, row)) continue;
      const first = firstRows.get(values[row]!);
      if (first === undefined) firstRows.set(values[row]!, row);
      else sets.join(first, row);
    }
  }
  const firsts = findFirsts(sets, n);
  const sizes = new Int32Array(n);
  for (const first of firsts) sizes[first]!++;
  const groups = sizes.reduce((count, size) => count + Number(size > 1), 0);
  if (groups === 0) return undefined;
  return { firsts, groups, grouped: sizes.reduce((sum, size) => sum + (size > 1 ? size : 0), 0), split };
}

/** Returns the number of the group of each of some rows; undefined where each of them stands alone. */
export function pickGroups({ groups }: Population, rows: Int32Array): Clusters {
  if (groups === undefined) return undefined;
  const numbers = renumber(rows.map((row) => groups[row]!));
  return numbers.some((group, at) => group !== at) ? numbers : undefined;
}

/** Keeps one row of each group, drawn at random, where kinds need independent rows. */
export const thinRows = (
  { groups }: Pick<Population, 'groups'>,
  rows: Int32Array,
  random: () => number,
): Int32Array => thinGroups(rows, groups && ((row) => groups[row]!), random);

/** Returns the metadata column whose equal values belong together; undefined without one. */
export const findGroupColumn = ({ metadata, groupColumn }: Population): MetadataColumn | undefined =>
  metadata.find(({ name }) => name === groupColumn);

export const isMissing = (column: MetadataColumn, row: number): boolean =>
  column.type === 'category' ? column.codes[row]! < 0 : Number.isNaN(column.values[row]!);

/** Returns the number of samples whose chains were split. */
function joinCopies({ original, edges }: Copies, sets: DisjointSets): number {
  const n = original.length;
  const chains = new DisjointSets(n);
  original.forEach((first, row) => {
    sets.join(first, row);
    chains.join(first, row);
  });
  for (const { a, b } of edges) chains.join(a, b);
  const firsts = findFirsts(chains, n);
  const sizes = new Int32Array(n);
  for (const first of firsts) sizes[first]!++;
  const most = Math.max(MIN_SPLIT, MAX_SHARE * n);
  const isLinked = new Uint8Array(n);
  for (const { a, b } of edges) {
    if (sizes[firsts[a]!]! <= most) sets.join(a, b);
    else isLinked[firsts[a]!] = 1;
  }
  return firsts.reduce((count, first) => count + isLinked[first]!, 0);
}

/** Returns the first row of the set of each row. */
function findFirsts(sets: DisjointSets, n: number): Int32Array {
  const firsts = new Int32Array(n).fill(-1);
  return Int32Array.from({ length: n }, (_, row) => {
    const root = sets.find(row);
    // Rows rise, so that the first one that meets a set is its smallest.
    if (firsts[root] === -1) firsts[root] = row;
    return firsts[root]!;
  });
}
