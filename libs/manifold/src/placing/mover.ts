/**
 * Writes the position [dims] of a new point from its stored neighbours [k], nearest first, and their
 * distances. The position is zero before.
 */
export type Mover = (place: Float64Array, neighbors: Int32Array, distances: Float32Array) => void;
