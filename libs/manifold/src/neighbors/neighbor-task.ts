import type { LockstepSeat } from '../lockstep.js';
import type { Points } from '../points.js';
import type { SearchTools } from './exact-search.js';
import type { Leaves } from './random-tree.js';

/**
 * Task of every thread of a neighbour search. Arrays are in shared memory, and each thread writes only the
 * rows of its own points.
 */
export interface NeighborTask {
  readonly cloud: Points;
  readonly k: number;
  readonly seed: number;
  /** Output: the neighbours [n, k] and their distances. */
  readonly indices: Int32Array;
  readonly distances: Float32Array;
  /** One of the two: the state of each thread for an exact search, or the state of NN-descent. */
  readonly tools?: readonly SearchTools[];
  readonly descent?: DescentTask;
}

export interface DescentTask {
  readonly trees: readonly Leaves[];
  readonly leaf: number;
  readonly iterations: number;
  /** Minimum number of changes for another iteration. */
  readonly enough: number;
  /**
   * The graph before and after an iteration [n, k]: 2 · neighbour + 1 for a new neighbour, and float32
   * squared distances; sorted, nearest first.
   */
  readonly codes: readonly [Int32Array, Int32Array];
  readonly squares: readonly [Float32Array, Float32Array];
  /** Codes of the points that have a point as a neighbour [n, k], at most k of them, and their number [n]. */
  readonly reverse: Int32Array;
  readonly reverseCounts: Int32Array;
  /** Number of changes by iteration. */
  readonly changes: Int32Array;
  /** Points whose exact neighbours are computed as well, and how many of them were found before [q]. */
  readonly queries: Int32Array;
  readonly hits: Int32Array;
}

export type SeatedNeighborTask = NeighborTask & LockstepSeat;
