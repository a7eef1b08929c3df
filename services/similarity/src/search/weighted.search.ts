import { setImmediate } from 'node:timers/promises';
import type { NeighborGraph } from '@noema/manifold';
import type { Found } from '../vector-index/vector-index.js';
import type { LayerBlock, LayerRows } from './layer-rows.js';

/** Rows measured before others may use the thread: about two milliseconds at some hundred units. */
const BLOCK = 4_096;
const SCALE_ROWS = 256;

export interface WeightedOptions {
  /** One byte a row; rows with 0 are not found. */
  readonly allowed: Uint8Array;
  readonly k: number;
  readonly signal: AbortSignal;
  /** Neighbours in the unweighted space, for the scale of distances. */
  readonly graph: NeighborGraph | undefined;
}

export interface WeightedResult {
  readonly found: Found;
  /** Median distance, by weighted layers, of neighbours in the graph; 0 without one. */
  readonly median: number;
}

/**
 * The k nearest of the allowed rows to the mean of some rows, by weighted layers; all rows are measured, ties
 * by row. Reads the responses twice: points first, then distances.
 */
export async function searchWeighted(
  rows: LayerRows,
  weights: readonly number[],
  queries: readonly number[],
  { allowed, k, signal, graph }: WeightedOptions,
): Promise<WeightedResult> {
  const scale = new NeighborScale(graph);
  let point: Float64Array | undefined;
  for await (const block of rows.blocks()) {
    signal.throwIfAborted();
    point ??= new Float64Array(block.view.width);
    for (const row of queries)
      if (has(block, row)) block.view.addRow(row - block.firstRow, queries.length, point);
    scale.addPoints(block);
  }
  const nearest = new Nearest(k);
  for await (const block of rows.blocks()) {
    const { firstRow, view } = block;
    for (let i = 0; i < view.n; i++) {
      if (i % BLOCK === BLOCK - 1) await setImmediate();
      if (i % BLOCK === BLOCK - 1 || i === 0) signal.throwIfAborted();
      if (k > 0 && allowed[firstRow + i] !== 0) nearest.add(firstRow + i, view.square(i, point!, weights));
    }
    scale.addDistances(block, weights);
  }
  return { found: nearest.found(), median: scale.median() };
}

const has = ({ firstRow, view }: LayerBlock, row: number): boolean =>
  row >= firstRow && row < firstRow + view.n;

/** The rows of least distance so far. */
class Nearest {
  private readonly rows: Int32Array;
  private readonly squares: Float64Array;

  constructor(private readonly k: number) {
    this.rows = new Int32Array(k).fill(-1);
    this.squares = new Float64Array(k).fill(Infinity);
  }

  add(row: number, square: number): void {
    const { k, rows, squares } = this;
    if (square >= squares[k - 1]!) return;
    let at = k - 1;
    for (; at > 0 && square < squares[at - 1]!; at--) {
      squares[at] = squares[at - 1]!;
      rows[at] = rows[at - 1]!;
    }
    squares[at] = square;
    rows[at] = row;
  }

  found(): Found {
    return { m: 1, k: this.k, rows: this.rows, distances: Float32Array.from(this.squares, Math.sqrt) };
  }
}

/** Distances of neighbours in the graph, of some rows, evenly over the population. */
class NeighborScale {
  private readonly points = new Map<number, Float64Array>();
  private readonly distances: number[] = [];

  constructor(private readonly graph: NeighborGraph | undefined) {}

  addPoints(block: LayerBlock): void {
    for (const row of this.origins()) {
      if (!has(block, row)) continue;
      this.points.set(row, block.view.computeMean([row - block.firstRow]));
    }
  }

  addDistances(block: LayerBlock, weights: readonly number[]): void {
    for (const [row, point] of this.points) {
      const { k, indices } = this.graph!;
      for (let at = 0; at < k; at++) {
        const neighbor = indices[row * k + at]!;
        if (!has(block, neighbor)) continue;
        this.distances.push(Math.sqrt(block.view.square(neighbor - block.firstRow, point, weights)));
      }
    }
  }

  median(): number {
    return Float64Array.from(this.distances).sort()[this.distances.length >> 1] ?? 0;
  }

  private *origins(): Generator<number> {
    if (this.graph === undefined) return;
    const step = Math.max(1, Math.floor(this.graph.n / SCALE_ROWS));
    for (let row = 0; row < this.graph.n; row += step) yield row;
  }
}
