import { seededRandom } from '@noema/kernel';
import { symmetricEigen } from '@noema/perception';
import type { Points } from './points.js';

/**
 * Coordinates [n, dims] float32, each axis's share of the variance, and their basis: the mean [d] and the
 * axes [dims, d], zero where there is none.
 */
export interface PcaMap {
  readonly coordinates: Float32Array;
  readonly explainedRatio: Float64Array;
  readonly mean: Float64Array;
  readonly axes: Float64Array;
}

/** Number of additional directions, and of passes that refine them. */
const SPARE = 10;
const PASSES = 6;

/**
 * Returns the points on their first principal components without the covariance of their d dimensions:
 * subspace iteration from seeded random directions (Halko, Martinsson & Tropp 2011, algorithm 4.4), O(n·d)
 * per pass. Axes without variance are zero.
 */
export function randomisedPca({ data, n, d }: Points, dims: 2 | 3): PcaMap {
  const width = Math.min(dims + SPARE, d);
  const random = seededRandom(42, 5);
  const mean = new Float64Array(d);
  for (let e = 0; e < data.length; e++) mean[e % d]! += data[e]! / n;
  let total = 0;
  for (let e = 0; e < data.length; e++) total += (data[e]! - mean[e % d]!) ** 2 / n;
  if (total === 0)
    return {
      coordinates: new Float32Array(n * dims),
      explainedRatio: new Float64Array(dims),
      mean,
      axes: new Float64Array(dims * d),
    };
  let directions = orthonormal(
    Float64Array.from({ length: width * d }, () => random() - 0.5),
    d,
  );
  for (let pass = 0; pass < PASSES; pass++)
    directions = orthonormal(covarianceTimes(data, mean, directions), d);
  const image = covarianceTimes(data, mean, directions);
  const small = new Float64Array(width * width);
  for (let a = 0; a < width; a++)
    for (let b = 0; b < width; b++) small[a * width + b] = dot(directions, a * d, image, b * d, d) / n;
  const { values, vectors } = symmetricEigen(small, width);
  const coordinates = new Float32Array(n * dims);
  const explainedRatio = new Float64Array(dims);
  const axes = new Float64Array(dims * d);
  for (let c = 0; c < dims && c < width && values[c]! > values[0]! * 1e-12; c++) {
    explainedRatio[c] = values[c]! / total;
    const axis = axes.subarray(c * d, (c + 1) * d);
    for (let a = 0; a < width; a++)
      for (let j = 0; j < d; j++) axis[j]! += vectors[c * width + a]! * directions[a * d + j]!;
    const offset = dot(axis, 0, mean, 0, d);
    for (let i = 0; i < n; i++) coordinates[i * dims + c] = dot(axis, 0, data, i * d, d) - offset;
  }
  return { coordinates, explainedRatio, mean, axes };
}

/** Returns Σᵢ (xᵢ − mean) ⟨xᵢ − mean, v⟩ for every direction v, [width, d]. */
function covarianceTimes(data: Float32Array, mean: Float64Array, directions: Float64Array): Float64Array {
  const d = mean.length;
  const width = directions.length / d;
  const image = new Float64Array(directions.length);
  const row = new Float64Array(d);
  for (let i = 0; i < data.length; i += d) {
    for (let j = 0; j < d; j++) row[j] = data[i + j]! - mean[j]!;
    for (let a = 0; a < width; a++) {
      const share = dot(directions, a * d, row, 0, d);
      for (let j = 0, at = a * d; j < d; j++, at++) image[at]! += share * row[j]!;
    }
  }
  return image;
}

/**
 * Orthonormalises directions by Gram-Schmidt, twice because of rounding. A direction in the span of the
 * others becomes zero.
 */
function orthonormal(directions: Float64Array, d: number): Float64Array {
  const width = directions.length / d;
  for (let a = 0; a < width; a++) {
    const before = Math.sqrt(dot(directions, a * d, directions, a * d, d));
    for (let again = 0; again < 2; again++) {
      for (let b = 0; b < a; b++) {
        const share = dot(directions, a * d, directions, b * d, d);
        for (let j = 0; j < d; j++) directions[a * d + j]! -= share * directions[b * d + j]!;
      }
    }
    const length = Math.sqrt(dot(directions, a * d, directions, a * d, d));
    const scale = length > 1e-10 * before ? 1 / length : 0;
    for (let j = 0; j < d; j++) directions[a * d + j]! *= scale;
  }
  return directions;
}

function dot(
  a: Float64Array,
  fromA: number,
  b: Float64Array | Float32Array,
  fromB: number,
  d: number,
): number {
  let sum = 0;
  for (let j = 0; j < d; j++) sum += a[fromA + j]! * b[fromB + j]!;
  return sum;
}
