import { type KernelMemory, type Kernels } from '@noema/simd';
import type { Points } from '../points.js';
import {
  blockedPoints,
  type BlockedPoints,
  boundError,
  openKernels,
  layQuery,
  scratchValues,
  vanishing,
} from './blocked-points.js';
import { compareAll, insertNeighbor, type SearchLimits, squareUpTo } from './exact-row.js';

/** Number of candidates beyond k, because float32 may swap near ties at the end. */
const SPARE = 4;

/**
 * State of one searching thread: the points in blocks, and its scratch memory. A structured clone shares the
 * memory.
 */
export interface SearchTools {
  readonly blocked: BlockedPoints;
  readonly query: Float32Array;
  readonly squares: Float32Array;
  readonly rows: Int32Array;
  readonly scratch: Float32Array;
}

/** Allocates the state of a number of threads for searches of up to k neighbours. */
export function searchTools(memory: KernelMemory, points: Points, k: number, threads = 1): SearchTools[] {
  const blocked = blockedPoints(points, memory);
  return Array.from({ length: threads }, () => ({
    blocked,
    query: memory.floats(points.d),
    ...roomFor(memory, k),
    scratch: memory.floats(scratchValues(blocked)),
  }));
}

/** Returns the same state for searches of up to k neighbours. The points stay in place. */
export const widened = (tools: SearchTools, memory: KernelMemory, k: number): SearchTools => ({
  ...tools,
  ...roomFor(memory, k),
});

function roomFor(memory: KernelMemory, k: number): Pick<SearchTools, 'squares' | 'rows'> {
  const padded = Math.ceil((k + SPARE) / 4) * 4;
  return { squares: memory.floats(padded), rows: memory.ints(padded) };
}

/**
 * Exact nearest neighbours. float32 kernels over blocks of points exclude points that cannot be neighbours;
 * float64 decides between the rest, ties by index. If float32 cannot guarantee that nothing is missing, as
 * with many equal distances or fewer than k results, all points are compared in float64.
 */
export class ExactSearch {
  private readonly kernels: Kernels;

  constructor(
    private readonly points: Points,
    private readonly tools: SearchTools,
  ) {
    this.kernels = openKernels(tools.blocked);
  }

  /**
   * Writes the nearest points of row `query`, nearest first: `indices` [up to k] (−1 for none) and the
   * `squares` of their distances (infinite for none). `allowed` is in the memory of the blocks. Returns the
   * number of visited blocks, the cost of the search.
   */
  nearest(
    queries: Points,
    query: number,
    limits: SearchLimits,
    indices: Int32Array,
    squares: Float64Array,
  ): number {
    const {
      points,
      tools: { blocked, squares: found, rows, scratch, query: laid },
    } = this;
    const { self = -1, allowed } = limits;
    const last = indices.length - 1;
    const count = Math.min(points.n, indices.length + SPARE);
    layQuery(blocked, queries, query, laid);
    const looked = this.kernels.nearestInBlocks(
      blocked.cloud.byteOffset,
      laid.byteOffset,
      self < 0 ? -1 : blocked.blockByPoint[self]!,
      self,
      allowed?.byteOffset ?? 0,
      count,
      found.byteOffset,
      rows.byteOffset,
      scratch.byteOffset,
    );
    indices.fill(-1);
    squares.fill(Infinity);
    let farthest = 0;
    for (let c = 0; c < count; c++) {
      farthest = Math.max(farthest, found[c]!);
      if (found[c]! < Infinity)
        insertNeighbor(
          rows[c]!,
          squareUpTo(queries, query, points, rows[c]!, squares[last]!),
          indices,
          squares,
        );
    }
    // All points that were not found are at least this far.
    const beyond = (farthest / (1 + boundError(points.d)) - vanishing(points.d)) / blocked.scale ** 2;
    if (indices[last] === -1 || (count < points.n && farthest < Infinity && squares[last]! >= beyond))
      compareAll(points, queries, query, limits, indices, squares);
    return looked;
  }
}
