import { symmetricEigen } from '@noema/perception';

/** Directions with less variance than this share of the largest are left out. */
const MIN_VARIANCE = 1e-6;
/** Share of a fit that the penalty leaves: a ridge of 0.3 a row on columns of variance 1. */
const FITTED_SHARE = 1 / 1.3;

/** Columns turned to independent directions of variance 1, and one for the distance to the middle. */
export interface Directions {
  /** [n, width] float32, row-major. */
  readonly values: Float32Array;
  readonly width: number;
  /** How much of its own label a row's fit holds, [n]. */
  readonly leverages: Float64Array;
}

/** Turns columns with the mean 0, [n, width] row-major, to independent directions, and adds that of the scatter. */
export function toDirections(columns: Float32Array, width: number, n: number): Directions {
  const covariance = new Float64Array(width * width);
  for (let row = 0; row < n; row++)
    for (let i = 0, at = row * width; i < width; i++)
      for (let j = 0; j <= i; j++) covariance[i * width + j]! += (columns[at + i]! * columns[at + j]!) / n;
  const { values: variances, vectors } = symmetricEigen(covariance, width);
  const count = [...variances].filter((one) => one > MIN_VARIANCE * variances[0]! && one > 0).length;
  const total = count === 0 ? 0 : count + 1;
  const values = new Float32Array(n * total);
  for (let row = 0; row < n; row++) {
    let square = 0;
    for (let to = 0; to < count; to++) {
      let along = 0;
      for (let i = 0; i < width; i++) along += vectors[to * width + i]! * columns[row * width + i]!;
      const value = along / Math.sqrt(variances[to]!);
      values[row * total + to] = value;
      square += value * value;
    }
    if (count > 0) values[row * total + count] = Math.log1p(square);
  }
  if (count > 0) makeIndependent(values, total, n);
  const leverages = new Float64Array(n).fill(1 / n);
  for (let row = 0; row < n; row++)
    for (let i = row * total; i < (row + 1) * total; i++)
      leverages[row]! += (FITTED_SHARE * values[i]! ** 2) / n;
  return { values, width: total, leverages: leverages.map((one) => Math.min(0.95, one)) };
}

/**
 * Scores each row by a ridge regression of the sides, 0 or 1, that has not learned from the row: the fit without a row
 * follows from the fit with it and the row's leverage (Allen 1974). Directions are independent, so that no matrix is
 * solved, and other sides cost two passes.
 */
export function scoreSides({ values, width, leverages }: Directions, sides: ArrayLike<number>): Float64Array {
  const n = leverages.length;
  let mean = 0;
  for (let row = 0; row < n; row++) mean += sides[row]! / n;
  const weights = new Float64Array(width);
  for (let row = 0, at = 0; row < n; row++) {
    const side = sides[row]! - mean;
    for (let i = 0; i < width; i++) weights[i]! += side * values[at++]!;
  }
  for (let i = 0; i < width; i++) weights[i]! *= FITTED_SHARE / n;
  const scores = new Float64Array(n);
  for (let row = 0, at = 0; row < n; row++) {
    let fit = 0;
    for (let i = 0; i < width; i++) fit += weights[i]! * values[at++]!;
    const own = leverages[row]!;
    scores[row] = (fit - own * (sides[row]! - mean)) / (1 - own);
  }
  return scores;
}

/** Makes the last column independent of the others, with mean 0 and variance 1. */
function makeIndependent(values: Float32Array, width: number, n: number): void {
  const last = width - 1;
  let mean = 0;
  for (let at = last; at < values.length; at += width) mean += values[at]! / n;
  const shares = new Float64Array(last);
  for (let from = 0; from < values.length; from += width)
    for (let i = 0; i < last; i++) shares[i]! += ((values[from + last]! - mean) * values[from + i]!) / n;
  let squares = 0;
  const rest = Float64Array.from({ length: n }, (_, row) => {
    const from = row * width;
    let value = values[from + last]! - mean;
    for (let i = 0; i < last; i++) value -= shares[i]! * values[from + i]!;
    squares += value ** 2 / n;
    return value;
  });
  const scale = squares > 1e-12 ? 1 / Math.sqrt(squares) : 0;
  rest.forEach((value, row) => {
    values[row * width + last] = value * scale;
  });
}
