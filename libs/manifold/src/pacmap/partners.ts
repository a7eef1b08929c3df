/** For every point the partners of all pairs that it is in, from either side: those of point i are partners[indptr[i] … indptr[i+1]]. */
export interface Partners {
  readonly indptr: Int32Array;
  readonly partners: Int32Array;
}

/** Pairs [n, count] seen from both ends, in a fixed order: what a thread needs to move its own points without writing to others'. */
export function bothEnds(pairs: Int32Array, n: number): Partners {
  const count = pairs.length / n, indptr = new Int32Array(n + 1);
  for (const j of pairs) indptr[j + 1]!++;
  for (let i = 0; i < n; i++) indptr[i + 1]! += indptr[i]! + count;
  const fill = indptr.slice(0, n), partners = new Int32Array(2 * pairs.length);
  for (let e = 0; e < pairs.length; e++) {
    const i = Math.floor(e / count), j = pairs[e]!;
    partners[fill[i]!++] = j;
    partners[fill[j]!++] = i;
  }
  return { indptr, partners };
}
