import type { SharedMemory } from '@noema/simd';
import type { LockstepSeat } from '../lockstep.js';
import type { Points } from '../points.js';
import type { SearchTools } from './exact-search.js';

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

/** State of NN-descent. `plan`, `rows`, `codes`, `orders`, `outboxes` and `scratch` are in the kernels' memory. */
export interface DescentTask {
  readonly memory: SharedMemory;
  /** The kernels' description of rows and lists (libs/simd/kernels/descent.ts). */
  readonly plan: Int32Array;
  /** The points [n, width] in `dims` of their dimensions, scaled, padded with zeros to a multiple of four. */
  readonly rows: Float32Array;
  readonly width: number;
  /** The dimensions by variance, largest first. */
  readonly dims: Int32Array;
  readonly scale: number;
  /** The point of every row [n] and the row of every point [n]: near points have near rows. */
  readonly order: Int32Array;
  readonly places: Int32Array;
  /** Rows of every random tree by leaf [n]; the sign bit where a leaf begins. */
  readonly orders: readonly Int32Array[];
  readonly leaf: number;
  readonly iterations: number;
  /** Minimum number of changes for another iteration. */
  readonly enough: number;
  /** Output of the kernels [n, listed]: 2 · row of a neighbour, + 1 for a new one. */
  readonly codes: Int32Array;
  readonly listed: number;
  /** One of each thread. An outbox is full when it has `capacity` offers, and has room for one more point. */
  readonly outboxes: readonly Int32Array[];
  readonly scratch: readonly Int32Array[];
  /** For the threads that grow trees: [2 · n] each. */
  readonly products: readonly Int32Array[];
  readonly capacity: number;
  /** Number of threads that have offers left, of this and of the next exchange. */
  readonly unfinished: Int32Array;
  /** Number of changes by iteration. */
  readonly changes: Int32Array;
  /**
   * Points whose exact neighbours are computed as well [q], their rows, and the float32 squares of their last
   * neighbours; how many rows each thread found; how many neighbours were found before [q].
   */
  readonly queries: Int32Array;
  readonly queryRows: Int32Array;
  readonly limits: Float32Array;
  readonly found: Int32Array;
  readonly hits: Int32Array;
}

export type SeatedNeighborTask = NeighborTask & LockstepSeat;
