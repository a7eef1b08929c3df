import { checkRows } from '../evaluation.errors.js';

type Numbers = Float32Array | Float64Array;

/** Errors of predicted numbers; NaN without samples. */
export interface RegressionReport {
  /** Number of samples with ground truth and prediction. */
  readonly n: number;
  readonly meanAbsoluteError: number;
  readonly rootMeanSquaredError: number;
  readonly medianAbsoluteError: number;
  readonly maximumError: number;
  /** Mean of ground truth minus prediction. */
  readonly meanResidual: number;
  /** Coefficient of determination; NaN with fewer than two samples or a constant ground truth. */
  readonly r2: number;
}

/** Returns ground truth minus prediction [n]. Throws `invalid` COLUMN_LENGTHS_DIFFER. */
export function computeResiduals(truth: Numbers, predicted: Numbers): Float64Array {
  checkRows(truth.length, { predicted });
  return Float64Array.from(truth, (value, row) => value - predicted[row]!);
}

/** Returns the errors of a regression in two passes and one sort. Rows that are not finite are left out. */
export function reportRegression(truth: Numbers, predicted: Numbers): RegressionReport {
  const residuals = computeResiduals(truth, predicted);
  let [n, mean, spread, absolute, squares, sum] = [0, 0, 0, 0, 0, 0];
  for (let row = 0; row < residuals.length; row++) {
    const residual = residuals[row]!;
    if (!Number.isFinite(residual)) continue;
    n++;
    const difference = truth[row]! - mean;
    mean += difference / n;
    spread += difference * (truth[row]! - mean);
    absolute += Math.abs(residual);
    squares += residual * residual;
    sum += residual;
  }
  const sizes = residuals.filter(Number.isFinite).map(Math.abs).sort();
  const median = (sizes[(n - 1) >> 1]! + sizes[n >> 1]!) / 2;
  return {
    n,
    meanAbsoluteError: absolute / n,
    rootMeanSquaredError: Math.sqrt(squares / n),
    medianAbsoluteError: n === 0 ? NaN : median,
    maximumError: sizes[n - 1] ?? NaN,
    meanResidual: sum / n,
    r2: n < 2 || spread === 0 ? NaN : 1 - squares / spread,
  };
}
