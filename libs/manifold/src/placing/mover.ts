/**
 * Writes the place [dims] of a new point from its stored neighbours [k], nearest first, and their distances;
 * the place is zero before.
 */
export type Mover = (place: Float64Array, neighbors: Int32Array, distances: Float32Array) => void;
