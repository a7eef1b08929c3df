/**
 * Distances of some points to all. Give one that runs on a tensor library when there are more than some thousand points: ranks are exact all the
 * same, because what lies within the error of a bound is compared again in float64.
 */
export interface DistanceBlocks {
  /** Half the squared distances of the points `queries` [b] to all [b, n], row-major, up to a constant of each row. */
  of(queries: Int32Array): Promise<Float32Array | Float64Array>;
  /** Largest error of the values in the row of point `query`, among points no farther from it than `radius`, and relatively beyond. */
  error(query: number, radius: number): number;
}
