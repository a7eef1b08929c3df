import type { Points } from '@noema/manifold';
import type { Metric } from './faiss.library.js';

/**
 * How the vectors of a population and of queries are given to faiss, so that its order is that of the
 * distances. Values are float32, row-major.
 */
export interface Frame {
  readonly metric: Metric;
  readonly dimensions: number;
  /** Rows [from, to) of the population. */
  rows(from: number, to: number): Float32Array;
  /**
   * Points [from, to) of the queries. Throws `invalid` QUERY_INVALID for other dimensions, values that are no
   * numbers, and points that are far outside.
   */
  queries(points: Points, from: number, to: number): Float32Array;
}
