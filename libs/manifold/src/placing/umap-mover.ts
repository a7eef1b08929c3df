import { seededRandom } from '@noema/kernel';
import type { Points } from '../points.js';
import { coefficientTables, TABLE_SHIFT } from '../umap/coefficients.js';
import type { SimilarityCurve } from '../umap/curve.js';
import { bandwidth, MIN_SCALE } from '../umap/fuzzy-set.js';
import { addMean } from './weighted-mean.js';
import type { Mover } from './mover.js';

/** UMAP's steps against stored points, which do not move, as in umap-learn's `transform`. */
export interface UmapMove {
  readonly by: 'umap';
  /** Number of stored neighbours with influence. */
  readonly k: number;
  /** Number of steps; 0 keeps a point at the mean of its neighbours. */
  readonly epochs: number;
  readonly negatives: number;
  readonly curve: SimilarityCurve;
  readonly seed: number;
}

/** Learning rate of new points: a quarter of the rate of a layout, as in umap-learn. */
const LEARNING_RATE = 0.25;

/**
 * Returns the memberships exp(−d/σ) of a new point in its k stored neighbours, as in umap-learn: Σ = log₂ k
 * over all but the nearest; `distances` [k], nearest first. If all neighbours are too far for a finite
 * number, they count equally.
 */
export function memberships(distances: Float32Array): Float64Array {
  const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
  const sigma = Math.max(bandwidth(distances.subarray(1), 0, Math.log2(distances.length)), MIN_SCALE * mean);
  const weights = Float64Array.from(distances, (distance) =>
    distance === 0 || sigma === 0 ? 1 : Math.exp(-distance / sigma),
  );
  return weights[0]! > 0 ? weights : weights.fill(1);
}

/**
 * Starts each point at the mean of its neighbours, weighted by memberships. Neighbours attract it and
 * `negatives` random points repel it.
 */
export function umapMover({ k, epochs, negatives, curve, seed }: UmapMove, map: Points): Mover {
  const { data, n, d } = map;
  const { attraction, repulsion } = coefficientTables(curve);
  const float = new Float32Array(1);
  const bits = new Int32Array(float.buffer);
  const gap = new Float64Array(d);
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
  return (place, neighbors, distances) => {
    const count = Math.min(k, neighbors.length);
    const weights = memberships(distances.subarray(0, count));
    addMean(place, map, neighbors, weights);
    const random = seededRandom(seed, 9);
    const heaviest = weights.reduce((most, weight) => Math.max(most, weight), 0);
    const interval = weights.map((weight) => heaviest / weight);
    const next = interval.slice();
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const rate = LEARNING_RATE * (1 - (epoch - 1) / epochs);
      for (let m = 0; m < count; m++) {
        if (next[m]! > epoch) continue;
        next[m]! += interval[m]!;
        pull(place, neighbors[m]!, attraction, rate);
        for (let q = 0; q < negatives; q++) pull(place, Math.floor(random() * n), repulsion, rate);
      }
    }
  };
}
