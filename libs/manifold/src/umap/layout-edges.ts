import { DUE_EDGES_BLOCK, DUE_EDGES_SCRATCH, type KernelMemory } from '@noema/simd';
import type { FuzzySet } from './fuzzy-set.js';
import type { LayoutEdges } from './layout-task.js';

/** Number of edges that a kernel processes together. */
const TOGETHER = 8;
const FULL = 2 ** 15;

/** Prepares the edges: the heaviest is visited in every epoch, others in proportion to their weight. */
export function prepareEdges(
  memory: KernelMemory,
  { n, indptr, indices, weights }: FuzzySet,
  dims: 2 | 3,
): LayoutEdges {
  const starts = memory.ints(n + 1);
  for (let i = 0; i < n; i++)
    starts[i + 1] = starts[i]! + Math.ceil((indptr[i + 1]! - indptr[i]!) / TOGETHER) * TOGETHER;
  const edges = {
    starts,
    ends: memory.ints(starts[n]!),
    rates: memory.bytes(2 * starts[n]!),
    phases: memory.bytes(2 * starts[n]!),
  };
  const rates = new Uint16Array(edges.rates.buffer, edges.rates.byteOffset, starts[n]);
  const heaviest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  for (let i = 0; i < n; i++) {
    for (let e = indptr[i]!, at = starts[i]!; e < indptr[i + 1]!; e++, at++) {
      edges.ends[at] = indices[e]! * 4 * dims;
      rates[at] = Math.round((FULL * weights[e]!) / heaviest);
    }
  }
  return edges;
}

/**
 * Returns the number of int32 values that a thread needs for the due edges of a block. The kernel reads each
 * list up to the length of the longest.
 */
export function scratchLength({ starts }: LayoutEdges): number {
  let block = 0;
  let row = 0;
  for (let i = 0; i + 1 < starts.length; i++) {
    if (i % DUE_EDGES_BLOCK === 0)
      block = Math.max(block, starts[Math.min(i + DUE_EDGES_BLOCK, starts.length - 1)]! - starts[i]!);
    row = Math.max(row, starts[i + 1]! - starts[i]!);
  }
  return DUE_EDGES_SCRATCH + block + row + TOGETHER;
}
