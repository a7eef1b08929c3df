import type { CopyPairs } from '../duplicates/pairs.js';

/** Held-out samples that are copies of training samples. */
export interface Twins {
  /** Held-out samples, then the training samples of which each of them is a copy. No sample is in two groups. */
  readonly groups: readonly { readonly held: readonly number[]; readonly learned: readonly number[] }[];
  /** Number of held-out samples that are equal to a training sample. */
  readonly equal: number;
}

const [LEARNED, HELD] = [1, 2];

/**
 * Joins each training sample with its held-out copies. A chain of copies joins none: a held-out sample is a twin only
 * if it was compared to the training sample itself. Equal samples are one original.
 */
export function joinTwins(
  { original, edges }: Pick<CopyPairs, 'original' | 'edges'>,
  isLearned: (row: number) => boolean,
  isHeldOut: (row: number) => boolean,
): Twins {
  const sides = new Uint8Array(original.length);
  original.forEach((first, row) => {
    sides[first]! |= isLearned(row) ? LEARNED : isHeldOut(row) ? HELD : 0;
  });
  const copies = new Map<number, Set<number>>();
  const connect = (learned: number, held: number): void => {
    if ((sides[learned]! & LEARNED) === 0 || (sides[held]! & HELD) === 0) return;
    (copies.get(learned) ?? copies.set(learned, new Set()).get(learned)!).add(held);
  };
  sides.forEach((_, first) => {
    connect(first, first);
  });
  for (const { a, b } of edges) {
    connect(a, b);
    connect(b, a);
  }
  const rows = collectRows(original, copies);
  const taken = new Set<number>();
  const centers = [...copies.keys()].sort((a, b) => copies.get(b)!.size - copies.get(a)!.size || a - b);
  const groups = centers.flatMap((center) => {
    // Equal samples stay together.
    const isOwn = (first: number): boolean => (sides[first] === HELD ? !taken.has(first) : first === center);
    const own = [...copies.get(center)!].filter(isOwn).sort((a, b) => a - b);
    for (const first of own) taken.add(first);
    if (own.length === 0) return [];
    const held = own.flatMap((first) => rows.get(first)!.filter(isHeldOut));
    return [{ held, learned: rows.get(center)!.filter(isLearned) }];
  });
  const isEqual = (row: number): boolean => (sides[original[row]!]! & LEARNED) !== 0;
  const equal = groups.reduce((sum, { held }) => sum + held.filter(isEqual).length, 0);
  return { groups, equal };
}

/** Returns the rows of each original that is a copy or has one. */
function collectRows(
  original: Int32Array,
  copies: ReadonlyMap<number, ReadonlySet<number>>,
): ReadonlyMap<number, number[]> {
  const rows = new Map<number, number[]>();
  for (const [center, held] of copies) for (const first of [center, ...held]) rows.set(first, []);
  original.forEach((first, row) => rows.get(first)?.push(row));
  return rows;
}
