import type { SearchTools } from '../neighbors/exact-search.js';
import type { Points } from '../points.js';
import type { PacmapMove } from './pacmap-mover.js';
import type { TsneMove } from './tsne-mover.js';
import type { UmapMove } from './umap-mover.js';

/** How a new point is moved from its first place; `none` leaves the coordinates as they are given. */
export type Move = UmapMove | TsneMove | PacmapMove | { readonly by: 'none' };

/** What places new points in a map that stays as it is; arrays may lie in shared memory. */
export interface PlacingTask {
  readonly stored: Points;
  /** The map of the stored points [n, dims]. */
  readonly map: Points;
  readonly fresh: Points;
  /** Stored neighbours that are found of each new point. */
  readonly k: number;
  readonly move: Move;
  /**
   * What each thread looks among the stored points with; without it, for few new points, it compares them
   * with all.
   */
  readonly tools?: readonly SearchTools[];
  /**
   * Written: coordinates [m, dims], neighbours among the stored points [m, k], nearest first, and their
   * distances.
   */
  readonly coordinates: Float32Array;
  readonly neighbors: Int32Array;
  readonly distances: Float32Array;
}
