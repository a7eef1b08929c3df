import type { Points } from '@noema/manifold';
import { GROUP } from './exact.graph.js';

/** Rows of a block: their scores against 256 queries take 1 MiB, a core's second cache. */
const BLOCK_ROWS = 1_024;
const MOST_BLOCKS = 256;
/** Below every score, and finite: infinity times 0 is no number. */
const NEVER = -3e38;
const SAMPLED = 1_024;

/** The vectors as the programs want them: [blocks · blockRows, d + 1] float32 around their centre, −|x|²/2 behind each, rows beyond n below every score. */
export interface ExactMatrix {
  readonly data: Float32Array;
  /** d + 1. */
  readonly width: number;
  readonly rows: number;
  readonly blockRows: number;
  readonly blocks: number;
  readonly centre: Float64Array;
}

/** Lays the vectors out in memory that threads share; costs one copy of them. */
export function exactMatrix(vectors: Points): ExactMatrix {
  const { n, d, data } = vectors, width = d + 1;
  const blockRows = Math.ceil(Math.max(BLOCK_ROWS, n / MOST_BLOCKS) / GROUP) * GROUP;
  const blocks = Math.ceil(n / blockRows), rows = blocks * blockRows;
  const centre = centreOf(vectors);
  const laid = new Float32Array(new SharedArrayBuffer(4 * rows * width));
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let c = 0; c < d && i < n; c++) {
      const value = data[i * d + c]! - centre[c]!;
      laid[i * width + c] = value;
      sum += value * value;
    }
    laid[i * width + d] = i < n ? Math.max(NEVER, -sum / 2) : NEVER;
  }
  return { data: laid, width, rows, blockRows, blocks, centre };
}

/**
 * Vectors around their centre have the smallest norms, so float32 scores lose the least. Medians of an even sample of rows: a mean would follow
 * one vector that is far outside, and leave all the others far from it.
 */
function centreOf({ n, d, data }: Points): Float64Array {
  const step = Math.max(1, Math.floor(n / SAMPLED));
  const count = Math.floor((n - 1) / step) + 1;
  const column = new Float64Array(count);
  return Float64Array.from({ length: d }, (_, c) => {
    for (let i = 0; i < count; i++) column[i] = data[i * step * d + c]!;
    return column.sort()[count >> 1]!;
  });
}
