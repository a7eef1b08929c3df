import { setImmediate } from 'node:timers/promises';
import { permutation, seededRandom } from '@noema/kernel';
import { exactRow, type Points, squareUpTo } from '@noema/manifold';
import { countNeighbors } from '../neighbor-graph/neighbor-graph.js';
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
 * The true neighbours of some rows of a population, nearest first: the rows [m] and the squares of how far
 * their neighbours are [m, k].
 */
interface Truth {
  readonly k: number;
  readonly seed: number;
  readonly rows: Uint32Array;
  readonly squares: Float64Array;
}

/**
 * Of each population the last: an index and the graph of the same vectors are measured against the same one.
 */
const truths = new WeakMap<Points, Truth>();

/**
 * Share of the true k nearest neighbours that an index finds: the true ones by comparing each query with
 * every vector in float64, independently of any index. A neighbour counts when it is no farther than the k-th
 * true one, so that ties do not look like mistakes.
 */
export async function measureRecall(
  vectors: Points,
  index: SearchableIndex,
  { k, queries = 200, seed = 7, signal }: RecallOptions,
): Promise<number> {
  const { n, d, data } = vectors;
  const { rows, squares, k: known } = await computeTruth(vectors, k, Math.min(queries, n), seed, signal);
  let hits = 0;
  for (const [at, row] of rows.entries()) {
    signal?.throwIfAborted();
    const limit = squares[at * known + k - 1]! * (1 + 1e-9);
    const found = await index.search({ data: data.subarray(row * d, (row + 1) * d), n: 1, d }, k, {
      firstRow: row,
    });
    for (const other of found.rows)
      if (other >= 0 && squareUpTo(vectors, row, vectors, other, limit) <= limit) hits++;
    await setImmediate();
  }
  return hits / (rows.length * k);
}

async function computeTruth(
  vectors: Points,
  least: number,
  count: number,
  seed: number,
  signal: AbortSignal | undefined,
): Promise<Truth> {
  const known = truths.get(vectors);
  if (known !== undefined && known.k >= least && known.rows.length === count && known.seed === seed)
    return known;
  const { n } = vectors;
  const k = Math.max(least, countNeighbors(n));
  const rows = permutation(n, seededRandom(seed)).slice(0, count);
  const squares = new Float64Array(count * k);
  const nearest = new Int32Array(k);
  for (const [at, row] of rows.entries()) {
    signal?.throwIfAborted();
    exactRow(vectors, row, nearest, squares.subarray(at * k, (at + 1) * k));
    await setImmediate();
  }
  const truth = { k, seed, rows, squares };
  truths.set(vectors, truth);
  return truth;
}
