import { seededRandom } from '@noema/kernel';
import { checkNeighbors, type NeighborGraph } from './neighbor-graph.js';
import type { Anchors } from './procrustes.js';

export interface CarriedOverOptions {
  readonly reference: Float32Array;
  readonly dims: 2 | 3;
  /** Shared points: `rows` of the new points and `others` of the reference. */
  readonly anchors: Anchors;
  readonly seed?: number;
}

/** Returns the positions of shared points in the reference, [n, dims], NaN for all other points. */
export function anchoredPlaces(
  n: number,
  { reference, dims, anchors }: Pick<CarriedOverOptions, 'reference' | 'dims' | 'anchors'>,
): Float32Array {
  const places = new Float32Array(n * dims).fill(NaN);
  anchors.rows.forEach((row, at) => {
    places.set(reference.subarray(anchors.others[at]! * dims, (anchors.others[at]! + 1) * dims), row * dims);
  });
  return places;
}

/**
 * Noise that separates points with equal starting positions, as a share of the reference's largest
 * coordinate.
 */
const NOISE = 1e-3;

/**
 * Returns a start [n, dims] for the layout of new points that resembles a reference map [m, dims]. Shared
 * points start at their old position, others at the mean of their positioned neighbours, propagated from
 * neighbour to neighbour. Points that no path reaches start at the centre. Throws `invalid`
 * NEIGHBORS_INVALID.
 */
export function carriedOver(
  graph: NeighborGraph,
  { reference, dims, anchors, seed = 42 }: CarriedOverOptions,
): Float32Array {
  const { n, k, indices } = graph;
  const random = seededRandom(seed, 10);
  const begin = new Float32Array(n * dims);
  const placed = new Uint8Array(n);
  checkNeighbors(graph, n);
  const noise = NOISE * reference.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  anchors.rows.forEach((row, at) => {
    begin.set(reference.subarray(anchors.others[at]! * dims, (anchors.others[at]! + 1) * dims), row * dims);
    placed[row] = 1;
  });
  let waiting = Array.from({ length: n }, (_, i) => i).filter((i) => placed[i] === 0);
  for (let before = Infinity; waiting.length > 0 && waiting.length < before; ) {
    before = waiting.length;
    const found = waiting.filter((i) => indices.subarray(i * k, (i + 1) * k).some((j) => placed[j] === 1));
    for (const i of found)
      place(
        i,
        [...indices.subarray(i * k, (i + 1) * k)].filter((j) => placed[j] === 1),
      );
    for (const i of found) placed[i] = 1;
    waiting = waiting.filter((i) => placed[i] === 0);
  }
  for (const i of waiting) place(i, anchors.rows);
  return begin;

  function place(i: number, at: ArrayLike<number>): void {
    for (let c = 0; c < dims; c++) {
      let sum = 0;
      for (let a = 0; a < at.length; a++) sum += begin[at[a]! * dims + c]! / at.length;
      begin[i * dims + c] = sum + (random() - 0.5) * 2 * (noise > 0 ? noise : 1);
    }
  }
}
