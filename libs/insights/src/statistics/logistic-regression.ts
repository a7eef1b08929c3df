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

/** Rows and options of a fit. A structured clone can be fitted in a thread. */
export interface LogisticFit extends Required<LogisticOptions> {
  /** Standardised rows, [n, width] float32, row-major, and their classes, [n]. */
  readonly x: Float32Array;
  readonly y: Int32Array;
  readonly width: number;
  readonly classes: number;
  /** Of each column, before it was standardised; the scale is 1 over the deviation, 0 for a constant column. */
  readonly means: Float64Array;
  readonly scales: Float64Array;
}

/**
 * Fits a logistic regression, multinomial for more than two classes, on some rows: columns are standardised, weights
 * have an L2 penalty, intercepts are free. Deterministic.
 */
export function fitLogistic(
  data: LabelledRows,
  rows: ArrayLike<number>,
  options: LogisticOptions = {},
): LogisticModel {
  const fit = prepareFit(data, rows, options);
  return toModel(fit, fitParameters(fit));
}

/** Returns the standardised rows of a fit. */
export function prepareFit(
  data: LabelledRows,
  rows: ArrayLike<number>,
  { l2 = 1, maxIterations = 100, tolerance = 1e-4 }: LogisticOptions,
): LogisticFit {
  const y = Int32Array.from(rows, (row) => data.labels[row]!);
  const { width, classes } = data;
  return { ...standardise(data, rows), y, width, classes, l2, maxIterations, tolerance };
}

/** Returns the weights of the standardised columns, [outputs, width], followed by the intercepts, [outputs]. */
export function fitParameters({ x, y, width, classes, l2, ...limits }: LogisticFit): Float64Array {
  const outputs = countOutputs(classes);
  return minimise(
    (parameters, gradient) =>
      meanLoss(x, y, { width, outputs, penalty: l2 / y.length }, parameters, gradient),
    new Float64Array(outputs * (width + 1)),
    limits,
  );
}

/** Returns the classifier for rows that are not standardised. */
export function toModel(
  { width, classes, means, scales }: LogisticFit,
  parameters: Float64Array,
): LogisticModel {
  const outputs = countOutputs(classes);
  const weights = parameters.slice(0, outputs * width);
  const intercepts = parameters.slice(outputs * width);
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
      predictLogs({ weights, intercepts, width }, values, row * width, into);
    },
  };
}

const countOutputs = (classes: number): number => (classes === 2 ? 1 : classes);

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

interface Weights {
  /** [outputs, width] and [outputs]. */
  readonly weights: Float64Array;
  readonly intercepts: Float64Array;
  readonly width: number;
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
  const weights = parameters.subarray(0, outputs * width);
  const intercepts = parameters.subarray(outputs * width);
  const scores = Array.from({ length: ROWS_AT_ONCE }, () => new Float64Array(Math.max(2, outputs)));
  const starts = new Array<number>(ROWS_AT_ONCE).fill(0);
  gradient.fill(0);
  let loss = 0;
  for (let i = 0; i < n; i += ROWS_AT_ONCE) {
    // Behind the last row it is read again, with errors of 0.
    for (let r = 0; r < ROWS_AT_ONCE; r++) starts[r] = Math.min(i + r, n - 1) * width;
    scoreRows({ weights, intercepts, width }, x, starts, scores);
    for (let r = 0; r < ROWS_AT_ONCE; r++)
      if (i + r < n) loss += toErrors(scores[r]!, y[i + r]!, outputs) / n;
      else scores[r]!.fill(0);
    addErrors(scores, x, starts, { width, outputs, n }, gradient);
  }
  for (let w = 0; w < weights.length; w++) {
    loss += (penalty / 2) * weights[w]! ** 2;
    gradient[w]! += penalty * weights[w]!;
  }
  return loss;
}

/** Rows of a fit that are read together, so that a weight and its gradient are read and written once for them. */
const ROWS_AT_ONCE = 4;

/** Writes the scores of the four rows that start there. */
function scoreRows(
  { weights, intercepts, width }: Weights,
  x: Float32Array,
  [p, q, r, s]: readonly number[],
  [a, b, c, d]: readonly Float64Array[],
): void {
  for (let o = 0, w = 0; o < intercepts.length; o++) {
    const start = intercepts[o]!;
    let first = start;
    let second = start;
    let third = start;
    let fourth = start;
    for (let j = 0; j < width; j++, w++) {
      const weight = weights[w]!;
      first += weight * x[p! + j]!;
      second += weight * x[q! + j]!;
      third += weight * x[r! + j]!;
      fourth += weight * x[s! + j]!;
    }
    a![o] = first;
    b![o] = second;
    c![o] = third;
    d![o] = fourth;
  }
}

/** Turns the scores of a row to the derivative of its loss by each score, and returns the loss. */
function toErrors(scores: Float64Array, label: number, outputs: number): number {
  toLogs(scores, outputs);
  const loss = -scores[label]!;
  if (outputs === 1) scores[0] = Math.exp(scores[1]!) - label;
  else for (let o = 0; o < outputs; o++) scores[o] = Math.exp(scores[o]!) - Number(o === label);
  return loss;
}

/** Adds the gradient of the mean loss of the four rows that start there. */
function addErrors(
  [a, b, c, d]: readonly Float64Array[],
  x: Float32Array,
  [p, q, r, s]: readonly number[],
  { width, outputs, n }: { readonly width: number; readonly outputs: number; readonly n: number },
  gradient: Float64Array,
): void {
  for (let o = 0, w = 0; o < outputs; o++) {
    const first = a![o]! / n;
    const second = b![o]! / n;
    const third = c![o]! / n;
    const fourth = d![o]! / n;
    for (let j = 0; j < width; j++, w++)
      gradient[w]! += first * x[p! + j]! + second * x[q! + j]! + third * x[r! + j]! + fourth * x[s! + j]!;
    gradient[outputs * width + o]! += first + second + third + fourth;
  }
}

/** Writes the log-probabilities of the row that starts at `from`. */
function predictLogs(
  { weights, intercepts, width }: Weights,
  x: Float32Array,
  from: number,
  into: Float64Array,
): void {
  const pairs = width - (width % 2);
  for (let o = 0; o < intercepts.length; o++) {
    // Two sums, which do not wait for each other.
    let even = intercepts[o]!;
    let odd = 0;
    const w = o * width;
    for (let j = 0; j < pairs; j += 2) {
      even += weights[w + j]! * x[from + j]!;
      odd += weights[w + j + 1]! * x[from + j + 1]!;
    }
    if (pairs < width) even += weights[w + pairs]! * x[from + pairs]!;
    into[o] = even + odd;
  }
  toLogs(into, intercepts.length);
}

/** Turns scores to log-probabilities of the classes; one score is that of the second of two classes. */
function toLogs(scores: Float64Array, outputs: number): void {
  if (outputs === 1) {
    const logit = scores[0]!;
    // −ln(1 + e^−|z|) keeps all digits of both.
    const rest = Math.log1p(Math.exp(-Math.abs(logit)));
    scores[0] = -rest - Math.max(0, logit);
    scores[1] = -rest - Math.max(0, -logit);
    return;
  }
  let most = -Infinity;
  for (let o = 0; o < outputs; o++) if (scores[o]! > most) most = scores[o]!;
  let total = 0;
  for (let o = 0; o < outputs; o++) total += Math.exp(scores[o]! - most);
  const log = most + Math.log(total);
  for (let o = 0; o < outputs; o++) scores[o]! -= log;
}
