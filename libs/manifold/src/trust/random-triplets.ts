import { seededRandom } from '@noema/kernel';
import { type Points, points, squareBetween } from '../points.js';
import { type Estimate, estimateMean } from './sample.js';

/**
 * How often the map preserves which of two random points is nearer: the mean over all points with its 95 %
 * interval, and the share of every point [n].
 */
export interface TripletAccuracy extends Estimate {
  readonly perPoint: Float32Array;
}

export interface TripletOptions {
  /** Number of pairs of other points per point. Default: 10. */
  readonly tripletsPerPoint?: number;
  readonly seed?: number;
}

/**
 * Computes the random triplet accuracy (Wang, Huang, Rudin & Shaposhnik 2021, section 2) of a map [n, dims]:
 * for every point the share of seeded random pairs of which the same one is nearer in the vectors and in the
 * map. A tie in one of them counts half. 1 below three points.
 */
export function randomTriplets(
  vectors: Points,
  coordinates: Float32Array,
  { tripletsPerPoint = 10, seed = 42 }: TripletOptions = {},
): TripletAccuracy {
  const { n } = vectors;
  const map = points(coordinates, coordinates.length / n);
  if (n < 3) return { mean: 1, halfWidth: 0, perPoint: new Float32Array(n).fill(1) };
  const random = seededRandom(seed, 4);
  const shares = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let kept = 0;
    for (let t = 0; t < tripletsPerPoint; t++) {
      const a = otherThan(random, n, i);
      const b = otherThan(random, n, i, a);
      const there = Math.sign(squareBetween(vectors, i, a) - squareBetween(vectors, i, b));
      const here = Math.sign(squareBetween(map, i, a) - squareBetween(map, i, b));
      kept += 1 - Math.abs(there - here) / 2;
    }
    shares[i] = kept / tripletsPerPoint;
  }
  // The number of triplets is practically infinite, so there is no finite-population correction.
  return { ...estimateMean(shares, Infinity), perPoint: Float32Array.from(shares) };
}

/** Returns a uniform number below n that differs from the given ones. */
function otherThan(random: () => number, n: number, i: number, j = i): number {
  for (;;) {
    const drawn = Math.floor(random() * n);
    if (drawn !== i && drawn !== j) return drawn;
  }
}
