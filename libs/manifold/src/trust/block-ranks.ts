import { type KernelMemory, type Kernels } from '@noema/simd';
import {
  type BlockedPoints,
  boundError,
  layQuery,
  openKernels,
  scratchValues,
  vanishing,
} from '../neighbors/blocked-points.js';
import { type Points, squareBetween } from '../points.js';
import { equalBefore } from './equal-points.js';
import { RankLimits } from './rank-limits.js';

/** Number of lanes of a kernel's vector. */
const LANES = 4;

/** State of one ranking thread: the points in blocks, and its scratch memory. */
export interface RankTools {
  readonly blocked: BlockedPoints;
  readonly query: Float32Array;
  readonly below: Float32Array;
  readonly above: Float32Array;
  readonly counts: Int32Array;
  /** Undecided points and their squared distances. */
  readonly rows: Int32Array;
  readonly squares: Float32Array;
  readonly scratch: Float32Array;
}

/** Allocates the state of a number of threads for rankings of k targets. */
export function rankTools(
  memory: KernelMemory,
  blocked: BlockedPoints,
  k: number,
  threads: number,
): RankTools[] {
  const { n, d } = blocked;
  return Array.from({ length: threads }, () => ({
    blocked,
    query: memory.floats(d),
    below: memory.floats(k),
    above: memory.floats(k),
    counts: memory.ints(LANES * k),
    rows: memory.ints(n),
    squares: memory.floats(n),
    scratch: memory.floats(scratchValues(blocked)),
  }));
}

/**
 * Ranks some targets among all points by distance from one point: 1 is the nearest, ties by index, without
 * the point itself. Kernels count the points nearer than each target in float32 over blocks of points, most
 * of which lie beyond all targets. Points within float32's error are compared in float64.
 */
export class BlockRanks {
  private readonly kernels: Kernels;
  private readonly limits: RankLimits;
  /** Counts that the undecided points add to every target, in the order of the limits. */
  private readonly added: Int32Array;
  private equals: Int32Array | undefined;

  constructor(
    private readonly cloud: Points,
    private readonly tools: RankTools,
    private readonly k: number,
  ) {
    this.kernels = openKernels(tools.blocked);
    this.limits = new RankLimits(k);
    this.added = new Int32Array(k + 1);
  }

  /** Writes the ranks of `targets` [k] as seen from `point` into `ranks` [k]. */
  rank(point: number, targets: Int32Array, ranks: Int32Array): void {
    const { limits, cloud, k } = this;
    limits.clear();
    for (const target of targets) limits.insert(target, squareBetween(cloud, point, target));
    let equal = 0;
    while (equal < k && limits.values[equal] === 0) equal++;
    // Equal points are at distance 0: their ranks follow from their indexes alone.
    if (equal > 0) this.equals ??= equalBefore(cloud);
    for (let m = 0; m < equal; m++)
      ranks[limits.order[m]!] = this.equals![limits.ids[m]!]! + (point < limits.ids[m]! ? 0 : 1);
    if (equal < k) this.count(point, equal, ranks);
  }

  /** Ranks the targets from `first` on, in the order of the limits. */
  private count(point: number, first: number, ranks: Int32Array): void {
    const {
      limits,
      cloud,
      k,
      added,
      tools: { blocked, query, below, above, counts, rows, squares, scratch },
    } = this;
    const { scale, d } = blocked;
    const error = 2 * boundError(d);
    const least = vanishing(d);
    for (let m = first; m < k; m++) {
      const square = limits.values[m]! * scale ** 2;
      below[m] = square * (1 - error) - least;
      above[m] = square * (1 + error) + least;
    }
    counts.fill(0);
    added.fill(0);
    layQuery(blocked, cloud, point, query);
    const doubts = this.kernels.ranksInBlocks(
      blocked.cloud.byteOffset,
      query.byteOffset,
      k - first,
      below.byteOffset + 4 * first,
      above.byteOffset + 4 * first,
      counts.byteOffset + 4 * LANES * first,
      rows.byteOffset,
      squares.byteOffset,
      scratch.byteOffset,
    );
    for (let e = 0; e < doubts; e++) {
      const other = rows[e]!;
      if (other === point) continue;
      added[Math.max(first, limits.findPlace(squareBetween(cloud, point, other), other))]!++;
      // Targets that are counted already.
      let counted = first;
      while (counted < k && squares[e]! >= below[counted]!) counted++;
      added[counted]!--;
    }
    for (let m = first, before = 0; m < k; m++) {
      before += added[m]!;
      let nearer = before;
      for (let lane = LANES * m; lane < LANES * (m + 1); lane++) nearer += counts[lane]!;
      // The point itself is counted if it was decided.
      ranks[limits.order[m]!] = nearer + (below[m]! > 0 ? 0 : 1);
    }
  }
}
