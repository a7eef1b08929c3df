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
  const forest = new Forest(n);
  const split = copies === undefined ? 0 : joinCopies(copies, forest);
  const column = findGroupColumn(population);
  if (column !== undefined) {
    const firstOf = new Map<number, number>();
    const values = column.type === 'number' ? column.values : column.codes;
    for (let row = 0; row < n; row++) {
      if (isMissing(column, row)) continue;
      const first = firstOf.get(values[row]!);
      if (first === undefined) firstOf.set(values[row]!, row);
      else forest.join(first, row);
    }
  }
  const firsts = forest.firsts();
  const sizes = new Int32Array(n);
  for (const first of firsts) sizes[first]!++;
  const groups = sizes.reduce((count, size) => count + Number(size > 1), 0);
  if (groups === 0) return undefined;
  return { firsts, groups, grouped: sizes.reduce((sum, size) => sum + (size > 1 ? size : 0), 0), split };
}

/** Returns the metadata column whose equal values belong together; undefined without one. */
export const findGroupColumn = ({ metadata, groupColumn }: Population): MetadataColumn | undefined =>
  metadata.find(({ name }) => name === groupColumn);

export const isMissing = (column: MetadataColumn, row: number): boolean =>
  column.type === 'category' ? column.codes[row]! < 0 : Number.isNaN(column.values[row]!);

/** Returns the number of samples whose chains were split. */
function joinCopies({ original, edges }: Copies, forest: Forest): number {
  const n = original.length;
  const chains = new Forest(n);
  original.forEach((first, row) => {
    forest.join(first, row);
    chains.join(first, row);
  });
  for (const { a, b } of edges) chains.join(a, b);
  const firsts = chains.firsts();
  const sizes = new Int32Array(n);
  for (const first of firsts) sizes[first]!++;
  const most = Math.max(MIN_SPLIT, MAX_SHARE * n);
  const isLinked = new Uint8Array(n);
  for (const { a, b } of edges) {
    if (sizes[firsts[a]!]! <= most) forest.join(a, b);
    else isLinked[firsts[a]!] = 1;
  }
  return firsts.reduce((count, first) => count + isLinked[first]!, 0);
}

/** Sets of rows that are joined in pairs (union-find with halved paths); the smallest row stands for its set. */
class Forest {
  private readonly parents: Int32Array;

  constructor(n: number) {
    this.parents = Int32Array.from({ length: n }, (_, row) => row);
  }

  join(a: number, b: number): void {
    const [one, other] = [this.find(a), this.find(b)];
    if (one < other) this.parents[other] = one;
    else this.parents[one] = other;
  }

  firsts(): Int32Array {
    return this.parents.map((_, row) => this.find(row));
  }

  private find(row: number): number {
    let at = row;
    while (this.parents[at] !== at) {
      this.parents[at] = this.parents[this.parents[at]!]!;
      at = this.parents[at]!;
    }
    return at;
  }
}
