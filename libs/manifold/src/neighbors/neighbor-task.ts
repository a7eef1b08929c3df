import type { LockstepSeat } from '../lockstep.js';
import type { Points } from '../points.js';
import type { SearchTools } from './exact-search.js';
import type { Leaves } from './random-tree.js';

/**
 * What every thread that looks for neighbours gets; arrays lie in shared memory and each thread writes what
 * belongs to its own points.
 */
export interface NeighborTask {
  readonly cloud: Points;
  readonly k: number;
  readonly seed: number;
  /** Written: the neighbours [n, k] and their distances. */
  readonly indices: Int32Array;
  readonly distances: Float32Array;
  /**
   * One of the two: for each thread its tools where the neighbours are exact, or what NN-descent works on.
   */
  readonly tools?: readonly SearchTools[];
  readonly descent?: DescentTask;
}

export interface DescentTask {
  readonly trees: readonly Leaves[];
  readonly leaf: number;
  readonly iterations: number;
  /** Fewest changes of an iteration that are worth another one. */
  readonly enough: number;
  /**
   * The graph before and after an iteration [n, k]: 2 · neighbour + 1 when it is new, and float32 squares of
   * the distances; sorted, nearest first.
   */
  readonly codes: readonly [Int32Array, Int32Array];
  readonly squares: readonly [Float32Array, Float32Array];
  /** Codes of those who have a point as a neighbour [n, k], at most k of them, and how many [n]. */
  readonly reverse: Int32Array;
  readonly reverseCounts: Int32Array;
  /** Changes by iteration. */
  readonly changes: Int32Array;
  /** Points whose exact neighbours are found as well, and how many of those were found before [q]. */
  readonly queries: Int32Array;
  readonly hits: Int32Array;
}

export type SeatedNeighborTask = NeighborTask & LockstepSeat;
