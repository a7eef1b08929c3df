import { seededRandom } from '@noema/kernel';
import { exactRowOf } from '../neighbors/exact-row.js';
import type { Points } from '../points.js';
import { coefficientTables, TABLE_SHIFT } from './coefficients.js';
import type { SimilarityCurve } from './curve.js';
import { bandwidth, MIN_SCALE } from './fuzzy-set.js';

/** What places new points in a map that stays as it is; arrays may lie in shared memory. */
export interface PlacingTask {
  readonly stored: Points;
  /** The map of the stored points [n, dims]. */
  readonly map: Points;
  readonly fresh: Points;
  readonly k: number;
  readonly epochs: number;
  readonly negatives: number;
  readonly learningRate: number;
  readonly curve: SimilarityCurve;
  readonly seed: number;
  /** Written: coordinates [m, dims], neighbours among the stored points [m, k] and their distances. */
  readonly coordinates: Float32Array;
  readonly neighbors: Int32Array;
  readonly distances: Float32Array;
}

/**
 * Memberships exp(−d/σ) of a new point in its k stored neighbours as umap-learn has them: Σ = log₂ k over all but the nearest; `distances` [k], nearest first.
 * Neighbours that are all too far for a number count alike.
 */
export function memberships(distances: Float32Array): Float64Array {
  const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
  const sigma = Math.max(bandwidth(distances.subarray(1), 0, Math.log2(distances.length)), MIN_SCALE * mean);
  const weights = Float64Array.from(distances, (distance) => (distance === 0 || sigma === 0 ? 1 : Math.exp(-distance / sigma)));
  return weights[0]! > 0 ? weights : weights.fill(1);
}

/**
 * Places new points one by one: at the weighted mean of their neighbours, then by UMAP's own steps against the stored points, which do not move. A point's place
 * depends on its vector and the seed alone, not on who comes with it.
 */
export function placeNewcomers(task: PlacingTask, from: number, to: number): void {
  const { stored, map, fresh, k, epochs, coordinates, distances, neighbors } = task;
  const squares = new Float64Array(k), place = new Float64Array(map.d), step = stepOf(task);
  for (let i = from; i < to; i++) {
    const indices = neighbors.subarray(i * k, (i + 1) * k), row = distances.subarray(i * k, (i + 1) * k);
    exactRowOf(stored, fresh.data.subarray(i * fresh.d, (i + 1) * fresh.d), indices, squares);
    row.set(squares.map(Math.sqrt));
    const weights = memberships(row), total = weights.reduce((sum, weight) => sum + weight, 0);
    place.fill(0);
    weights.forEach((weight, m) => { for (let c = 0; c < map.d; c++) place[c]! += (weight / total) * map.data[indices[m]! * map.d + c]!; });
    if (epochs > 0) step(place, indices, weights);
    coordinates.set(place, i * map.d);
  }
}

function stepOf({ map: { data, n, d }, epochs, negatives, learningRate, curve, seed }: PlacingTask): (place: Float64Array, indices: Int32Array, weights: Float64Array) => void {
  const { attraction, repulsion } = coefficientTables(curve), float = new Float32Array(1), bits = new Int32Array(float.buffer), gap = new Float64Array(d);
  const pull = (place: Float64Array, other: number, table: Float32Array, rate: number): void => {
    let square = 0;
    for (let c = 0; c < d; c++) {
      gap[c] = place[c]! - data[other * d + c]!;
      square += gap[c]! * gap[c]!;
    }
    float[0] = square;
    const force = table[bits[0]! >>> TABLE_SHIFT]!;
    for (let c = 0; c < d; c++) place[c]! += rate * Math.max(-4, Math.min(4, force * gap[c]!));
  };
  return (place, indices, weights) => {
    const random = seededRandom(seed, 9), heaviest = weights.reduce((most, weight) => Math.max(most, weight), 0);
    const interval = weights.map((weight) => heaviest / weight), next = interval.slice();
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const rate = learningRate * (1 - (epoch - 1) / epochs);
      for (let m = 0; m < indices.length; m++) {
        if (next[m]! > epoch) continue;
        next[m]! += interval[m]!;
        pull(place, indices[m]!, attraction, rate);
        for (let q = 0; q < negatives; q++) pull(place, Math.floor(random() * n), repulsion, rate);
      }
    }
  };
}
