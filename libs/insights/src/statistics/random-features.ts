import { normalQuantile } from '@noema/evaluation';
import { seededRandom } from '@noema/kernel/random';

/** Some rows of a matrix. */
export interface RowSet {
  /** [n, width] float32, row-major. */
  readonly values: Float32Array;
  readonly width: number;
  readonly rows: ArrayLike<number>;
}

/** Features whose products are a mean of radial kernels, [rows, width] float32; each row has the squared length 1. */
export interface RandomFeatures {
  readonly values: Float32Array;
  readonly width: number;
}

const DISTANCE_QUANTILES = [0.1, 0.3, 0.5, 0.7, 0.9];
const DISTANCE_PAIRS = 2000;

/**
 * Returns the widths of radial kernels for some rows: quantiles of the distances of 2,000 random pairs. Empty when all
 * rows are equal.
 */
export function chooseBandwidths({ values, width, rows }: RowSet, seed = 0): number[] {
  const random = seededRandom(seed);
  const pick = (): number => rows[Math.floor(random() * rows.length)]!;
  const distances = Float64Array.from({ length: DISTANCE_PAIRS }, () => {
    const [a, b] = [pick(), pick()];
    let sum = 0;
    for (let j = 0; j < width; j++) sum += (values[a * width + j]! - values[b * width + j]!) ** 2;
    return Math.sqrt(sum);
  })
    .filter((distance) => distance > 0)
    .sort();
  if (distances.length === 0) return [];
  return DISTANCE_QUANTILES.map((share) => distances[Math.floor(share * (distances.length - 1))]!);
}

/**
 * Returns random Fourier features (Rahimi & Recht 2007) of the mean over `bandwidths` σ of exp(−‖x − y‖² / 2σ²): cosine
 * and sine of `frequencies` projections a bandwidth.
 */
export function randomFeatures(
  { values, width, rows }: RowSet,
  bandwidths: readonly number[],
  { frequencies = 64, seed = 0 }: { readonly frequencies?: number; readonly seed?: number } = {},
): RandomFeatures {
  const random = seededRandom(seed);
  const count = frequencies * bandwidths.length;
  const waves = new Float64Array(count * width);
  for (let f = 0; f < count; f++)
    for (let j = 0; j < width; j++)
      waves[f * width + j] =
        normalQuantile((random() * 2 ** 32 + 0.5) / 2 ** 32) / bandwidths[f % bandwidths.length]!;
  const features = new Float32Array(rows.length * 2 * count);
  const scale = 1 / Math.sqrt(count);
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i]! * width;
    for (let f = 0; f < count; f++) {
      let angle = 0;
      for (let j = 0; j < width; j++) angle += waves[f * width + j]! * values[from + j]!;
      features[(i * count + f) * 2] = scale * Math.cos(angle);
      features[(i * count + f) * 2 + 1] = scale * Math.sin(angle);
    }
  }
  return { values: features, width: 2 * count };
}
