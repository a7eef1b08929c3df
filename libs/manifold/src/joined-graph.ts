/**
 * A symmetric weighted graph in CSR format: the edges of point i are indptr[i] … indptr[i+1], by ascending
 * index.
 */
export interface WeightedGraph {
  readonly n: number;
  readonly indptr: Int32Array;
  readonly indices: Int32Array;
  readonly weights: Float32Array;
}

interface Rows {
  readonly indptr: Int32Array;
  readonly indices: Int32Array;
  readonly weights: Float32Array;
}

/**
 * Makes neighbours [n, k] with weights [n, k] symmetric: each edge gets join(weight, weight of the reverse
 * edge), with 0 for a missing direction.
 */
export function joinEnds(
  n: number,
  indices: Int32Array,
  own: Float32Array,
  join: (here: number, there: number) => number,
): WeightedGraph {
  const k = indices.length / n;
  const given: Rows = { indptr: Int32Array.from({ length: n + 1 }, (_, i) => i * k), indices, weights: own };
  const incoming = transposed(n, given);
  const outgoing = transposed(n, incoming);
  const indptr = new Int32Array(n + 1);
  const joined = new Int32Array(2 * n * k);
  const weights = new Float32Array(2 * n * k);
  let count = 0;
  for (let i = 0; i < n; i++) {
    let a = outgoing.indptr[i]!;
    let b = incoming.indptr[i]!;
    const endA = outgoing.indptr[i + 1]!;
    const endB = incoming.indptr[i + 1]!;
    while (a < endA || b < endB) {
      const from = a < endA ? outgoing.indices[a]! : n;
      const to = b < endB ? incoming.indices[b]! : n;
      const j = Math.min(from, to);
      const here = from === j ? outgoing.weights[a++]! : 0;
      const there = to === j ? incoming.weights[b++]! : 0;
      if (here === 0 && there === 0) continue;
      joined[count] = j;
      weights[count++] = join(here, there);
    }
    indptr[i + 1] = count;
  }
  return { n, indptr, indices: joined.slice(0, count), weights: weights.slice(0, count) };
}

/** Returns the reverse of every edge. Rows are sorted by index. */
function transposed(n: number, rows: Rows): Rows {
  const indptr = new Int32Array(n + 1);
  const indices = new Int32Array(rows.indices.length);
  const weights = new Float32Array(rows.indices.length);
  for (const j of rows.indices) indptr[j + 1]!++;
  for (let i = 0; i < n; i++) indptr[i + 1]! += indptr[i]!;
  const fill = indptr.slice(0, n);
  for (let i = 0; i < n; i++) {
    for (let e = rows.indptr[i]!; e < rows.indptr[i + 1]!; e++) {
      const at = fill[rows.indices[e]!]!++;
      indices[at] = i;
      weights[at] = rows.weights[e]!;
    }
  }
  return { indptr, indices, weights };
}
