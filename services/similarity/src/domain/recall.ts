import { setImmediate } from 'node:timers/promises';
import { permutation, seededRandom } from '@noema/kernel';
import { exactRow, type Points, squareUpTo } from '@noema/manifold';
import type { SearchableIndex } from './vector-index.js';

/** Neighbours of a query over which the recall of an index is stated. */
export const RECALL_K = 10;

export interface RecallOptions {
  readonly k: number;
  /** Queries, drawn from the population with this seed. */
  readonly queries?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/**
 * Share of the true k nearest neighbours that an index finds: the true ones by comparing each query with every vector in float64, independently
 * of any index. A neighbour counts when it is no farther than the k-th true one, so that ties do not look like mistakes.
 */
export async function measureRecall(vectors: Points, index: SearchableIndex, { k, queries = 200, seed = 7, signal }: RecallOptions): Promise<number> {
  const { n, d, data } = vectors;
  const count = Math.min(queries, n);
  const rows = permutation(n, seededRandom(seed)).subarray(0, count);
  const nearest = new Int32Array(k), squares = new Float64Array(k);
  let hits = 0;
  for (const row of rows) {
    signal?.throwIfAborted();
    exactRow(vectors, row, nearest, squares);
    const limit = squares[k - 1]! * (1 + 1e-9);
    const found = await index.search({ data: data.subarray(row * d, (row + 1) * d), n: 1, d }, k, { firstRow: row });
    for (const other of found.rows) if (other >= 0 && squareUpTo(vectors, row, vectors, other, limit) <= limit) hits++;
    await setImmediate();
  }
  return hits / (count * k);
}
