/**
 * Distances of some points to all: rows `from` … `to`−1 as [to − from, n], row-major. Any increasing function of the distance will do (squared,
 * or without the row's constant), because only ranks are taken; a point's distance to itself is not looked at. Give one that runs on a tensor
 * library when there are more than some thousand points.
 */
export interface DistanceBlocks {
  rows(from: number, to: number): Promise<Float32Array | Float64Array>;
}
