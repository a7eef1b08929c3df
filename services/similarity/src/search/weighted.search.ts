import { setImmediate } from 'node:timers/promises';
import type { NeighborGraph } from '@noema/manifold';
import type { LayerView } from '@noema/perception';
import type { Found } from '../vector-index/vector-index.js';

/** Rows measured before others may use the thread: about two milliseconds at some hundred units. */
const BLOCK = 4_096;
const SCALE_ROWS = 256;

export interface WeightedOptions {
  /** One byte a row; rows with 0 are not found. */
  readonly allowed: Uint8Array;
  readonly k: number;
  readonly signal: AbortSignal;
}

/**
 * The k nearest of the allowed rows to the mean of some rows, by weighted layers; all rows are measured, ties
 * by row.
 */
export async function nearestWeighted(
  view: LayerView,
  weights: readonly number[],
  queries: readonly number[],
  { allowed, k, signal }: WeightedOptions,
): Promise<Found> {
  const point = view.meanOf(queries);
  const rows = new Int32Array(k).fill(-1);
  const squares = new Float64Array(k).fill(Infinity);
  signal.throwIfAborted();
  for (let row = 0; row < view.n; row++) {
    if (row % BLOCK === BLOCK - 1) {
      await setImmediate();
      signal.throwIfAborted();
    }
    if (allowed[row] === 0) continue;
    const square = view.square(row, point, weights);
    if (square >= squares[k - 1]!) continue;
    let at = k - 1;
    for (; at > 0 && square < squares[at - 1]!; at--) {
      squares[at] = squares[at - 1]!;
      rows[at] = rows[at - 1]!;
    }
    squares[at] = square;
    rows[at] = row;
  }
  return { m: 1, k, rows, distances: Float32Array.from(squares, Math.sqrt) };
}

/**
 * The median distance, by weighted layers, of neighbours in the graph: of some rows, evenly over the
 * population.
 */
export function weightedMedian(
  view: LayerView,
  weights: readonly number[],
  { n, k, indices }: NeighborGraph,
): number {
  const step = Math.max(1, Math.floor(n / SCALE_ROWS));
  const distances: number[] = [];
  for (let row = 0; row < n; row += step) {
    const point = view.meanOf([row]);
    for (let at = 0; at < k; at++)
      distances.push(Math.sqrt(view.square(indices[row * k + at]!, point, weights)));
  }
  return Float64Array.from(distances).sort()[distances.length >> 1] ?? 0;
}
