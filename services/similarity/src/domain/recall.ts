import { setImmediate } from 'node:timers/promises';
import { permutation, seededRandom } from '@noema/kernel';
import type { Points } from '@noema/manifold';
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
  let hits = 0;
  for (const row of rows) {
    signal?.throwIfAborted();
    const squares = squaresTo(vectors, row);
    const limit = smallest(squares, k); // position 0 is the query itself, at distance 0
    const found = await index.search({ data: data.subarray(row * d, (row + 1) * d), n: 1, d }, k, { firstRow: row });
    for (const other of found.rows) if (other >= 0 && squares[other]! <= limit * (1 + 1e-9)) hits++;
    await setImmediate();
  }
  return hits / (count * k);
}

function squaresTo({ n, d, data }: Points, row: number): Float64Array {
  const squares = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let c = 0; c < d; c++) sum += (data[row * d + c]! - data[i * d + c]!) ** 2;
    squares[i] = sum;
  }
  return squares;
}

/** The value at `position` if all were sorted; only so many are ever held in order. */
function smallest(values: Float64Array, position: number): number {
  const held = new Float64Array(position + 1).fill(Infinity);
  let last = Infinity;
  for (const value of values) {
    if (value >= last) continue;
    let at = position;
    for (; at > 0 && held[at - 1]! > value; at--) held[at] = held[at - 1]!;
    held[at] = value;
    last = held[position]!;
  }
  return last;
}
