import { permutation, seededRandom } from '@noema/kernel/random';

export interface FoldOptions {
  /** Default: 5. */
  readonly folds?: number;
  readonly seed?: number;
  /** Rows of one group, by number, stay in one fold, [n]. Default: each row is its own group. */
  readonly groups?: Int32Array | undefined;
}

/**
 * Returns the fold of each of some rows: without groups each class is spread evenly, with groups each group joins the
 * smallest fold, in an order drawn by the seed.
 */
export function balanceFolds(
  rows: ArrayLike<number>,
  labels: Int32Array,
  { folds = 5, seed = 0, groups }: FoldOptions = {},
): Uint8Array {
  const random = seededRandom(seed);
  const assigned = new Uint8Array(rows.length);
  const members = new Map<number, number[]>();
  for (let at = 0; at < rows.length; at++) {
    const key = (groups ?? labels)[rows[at]!]!;
    const own = members.get(key);
    if (own === undefined) members.set(key, [at]);
    else own.push(at);
  }
  const keys = [...members.keys()].sort((a, b) => a - b);
  if (groups === undefined) {
    let next = 0;
    for (const key of keys) {
      const own = members.get(key)!;
      for (const at of permutation(own.length, random)) assigned[own[at]!] = next++ % folds;
    }
    return assigned;
  }
  const sizes = new Float64Array(folds);
  for (const at of permutation(keys.length, random)) {
    const own = members.get(keys[at]!)!;
    const smallest = sizes.indexOf(Math.min(...sizes));
    for (const row of own) assigned[row] = smallest;
    sizes[smallest]! += own.length;
  }
  return assigned;
}
