import { minimise } from './lbfgs.js';

/** Rows with a class each. */
export interface LabelledRows {
  /** [n, width] float32, row-major. */
  readonly values: Float32Array;
  readonly width: number;
  /** Class of each row, [n]. */
  readonly labels: Int32Array;
  readonly classes: number;
}

export interface LogisticOptions {
  /** Weight of ½‖w‖² of the standardised columns against the sum of the losses. Default: 1. */
  readonly l2?: number;
  /** Default: 100. */
  readonly maxIterations?: number;
  /** Largest entry of the gradient of the mean loss at the end. Default: 1e-4. */
  readonly tolerance?: number;
}

/** A fitted classifier. */
export interface LogisticModel {
  readonly classes: number;
  /** [outputs, width]: one output for two classes (of class 1), one a class for more. */
  readonly weights: Float64Array;
  readonly intercepts: Float64Array;
  /** Writes the log-probability of each class of one row. */
  predict(values: Float32Array, row: number, into: Float64Array): void;
}

/**
 * Fits a logistic regression, multinomial for more than two classes, on some rows: columns are standardised, weights
 * have an L2 penalty, intercepts are free. Deterministic.
 */
export function fitLogistic(
  data: LabelledRows,
  rows: ArrayLike<number>,
  { l2 = 1, maxIterations = 100, tolerance = 1e-4 }: LogisticOptions = {},
): LogisticModel {
  const { width, classes } = data;
  const outputs = classes === 2 ? 1 : classes;
  const { x, means, scales } = standardise(data, rows);
  const y = Int32Array.from(rows, (row) => data.labels[row]!);
  const at = minimise(
    (parameters, gradient) =>
      meanLoss(x, y, { width, outputs, penalty: l2 / y.length }, parameters, gradient),
    new Float64Array(outputs * (width + 1)),
    { maxIterations, tolerance },
  );
  const weights = at.slice(0, outputs * width);
  const intercepts = at.slice(outputs * width);
  for (let o = 0; o < outputs; o++)
    for (let j = 0; j < width; j++) {
      weights[o * width + j]! *= scales[j]!;
      intercepts[o]! -= weights[o * width + j]! * means[j]!;
    }
  return {
    classes,
    weights,
    intercepts,
    predict: (values, row, into) => {
      predictLogs(weights, intercepts, values.subarray(row * width, (row + 1) * width), into);
    },
  };
}

/** Returns the columns with mean 0 and deviation 1; a constant column becomes 0. */
function standardise(
  { values, width }: LabelledRows,
  rows: ArrayLike<number>,
): { readonly x: Float32Array; readonly means: Float64Array; readonly scales: Float64Array } {
  const n = rows.length;
  const [means, squares] = [new Float64Array(width), new Float64Array(width)];
  for (let i = 0; i < n; i++) for (let j = 0; j < width; j++) means[j]! += values[rows[i]! * width + j]! / n;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < width; j++) squares[j]! += (values[rows[i]! * width + j]! - means[j]!) ** 2 / n;
  const scales = squares.map((square, j) => (square > 1e-12 * means[j]! ** 2 ? 1 / Math.sqrt(square) : 0));
  const x = new Float32Array(n * width);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < width; j++)
      x[i * width + j] = (values[rows[i]! * width + j]! - means[j]!) * scales[j]!;
  return { x, means, scales };
}

/** Mean loss and half the penalty times the squared weights; intercepts stand behind the weights. */
function meanLoss(
  x: Float32Array,
  y: Int32Array,
  { width, outputs, penalty }: { readonly width: number; readonly outputs: number; readonly penalty: number },
  parameters: Float64Array,
  gradient: Float64Array,
): number {
  const n = y.length;
  const logs = new Float64Array(Math.max(2, outputs));
  const weights = parameters.subarray(0, outputs * width);
  const intercepts = parameters.subarray(outputs * width);
  gradient.fill(0);
  let loss = 0;
  for (let i = 0; i < n; i++) {
    predictLogs(weights, intercepts, x.subarray(i * width, (i + 1) * width), logs);
    loss -= logs[y[i]!]! / n;
    for (let o = 0; o < outputs; o++) {
      const target = outputs === 1 ? 1 : o;
      const error = (Math.exp(logs[target]!) - Number(y[i] === target)) / n;
      for (let j = 0, w = o * width, v = i * width; j < width; j++) gradient[w + j]! += error * x[v + j]!;
      gradient[outputs * width + o]! += error;
    }
  }
  for (let w = 0; w < weights.length; w++) {
    loss += (penalty / 2) * weights[w]! ** 2;
    gradient[w]! += penalty * weights[w]!;
  }
  return loss;
}

function predictLogs(
  weights: Float64Array,
  intercepts: Float64Array,
  x: Float32Array,
  into: Float64Array,
): void {
  const [outputs, width] = [intercepts.length, x.length];
  let most = -Infinity;
  for (let o = 0; o < outputs; o++) {
    let sum = intercepts[o]!;
    for (let j = 0, w = o * width; j < width; j++) sum += weights[w + j]! * x[j]!;
    into[o] = sum;
    if (sum > most) most = sum;
  }
  if (outputs === 1) {
    const logit = into[0]!;
    // −ln(1 + e^−|z|) keeps all digits of both.
    const rest = Math.log1p(Math.exp(-Math.abs(logit)));
    into[0] = -rest - Math.max(0, logit);
    into[1] = -rest - Math.max(0, -logit);
    return;
  }
  let total = 0;
  for (let o = 0; o < outputs; o++) total += Math.exp(into[o]! - most);
  const log = most + Math.log(total);
  for (let o = 0; o < outputs; o++) into[o]! -= log;
}
