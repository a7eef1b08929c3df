import type { SearchTools } from '../neighbors/exact-search.js';
import type { Points } from '../points.js';
import type { PacmapMove } from './pacmap-mover.js';
import type { TsneMove } from './tsne-mover.js';
import type { UmapMove } from './umap-mover.js';

/** How a new point moves from its first position. `none` keeps the given coordinates. */
export type Move = UmapMove | TsneMove | PacmapMove | { readonly by: 'none' };

/** Projection of new points into a map that does not change. Arrays may be in shared memory. */
export interface PlacingTask {
  readonly stored: Points;
  /** Map of the stored points [n, dims]. */
  readonly map: Points;
  readonly fresh: Points;
  /** Number of stored neighbours to find for each new point. */
  readonly k: number;
  readonly move: Move;
  /** Search state of each thread. Without it, for few new points, all stored points are compared. */
  readonly tools?: readonly SearchTools[];
  /**
   * Output: coordinates [m, dims], neighbours among the stored points [m, k], nearest first, and their
   * distances.
   */
  readonly coordinates: Float32Array;
  readonly neighbors: Int32Array;
  readonly distances: Float32Array;
}
