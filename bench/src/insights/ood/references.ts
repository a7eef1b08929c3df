import { nearestStored, points, unitLength } from '@noema/manifold';
import { symmetricEigen } from '@noema/perception';

/** Answers of a network that published scores read, row by row. The first `training` rows are training samples. */
export interface Answers {
  readonly n: number;
  readonly training: number;
  readonly classes: number;
  /** Class of each training sample. */
  readonly labels: ArrayLike<number>;
  /** Responses of the layer before the last one, [n, width]. */
  readonly features: Float32Array;
  /** [n, classes] */
  readonly logits: Float32Array;
  readonly probabilities: Float32Array;
  /** Responses of all units, [units, n]. */
  readonly units: Float32Array;
}

/** Published scores by name, each [n] and larger for the more unusual. */
export const REFERENCES: Readonly<
  Record<string, (answers: Answers) => Float64Array | Promise<Float64Array>>
> = {
  MSP: scoreMsp,
  energy: scoreEnergy,
  GEN: scoreGen,
  'kNN (k = 50)': (answers) => scoreKnn(answers, 50),
  'kNN (k = 5)': (answers) => scoreKnn(answers, 5),
  Mahalanobis: scoreMahalanobis,
  ViM: scoreVim,
  NAC: scoreCoverage,
};

const scoreRows = (n: number, score: (row: number) => number): Float64Array =>
  Float64Array.from({ length: n }, (_, row) => score(row));

/** 1 − largest probability (Hendrycks & Gimpel 2017). */
export function scoreMsp({ n, classes, probabilities }: Answers): Float64Array {
  return scoreRows(n, (row) => 1 - Math.max(...probabilities.subarray(row * classes, (row + 1) * classes)));
}

/** −log Σ exp(logit) (Liu et al. 2020). */
export function scoreEnergy({ n, classes, logits }: Answers): Float64Array {
  return scoreRows(n, (row) => {
    const own = logits.subarray(row * classes, (row + 1) * classes);
    const largest = Math.max(...own);
    return -largest - Math.log(own.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
  });
}

/** Σ (p (1 − p))^0.1 (GEN, Liu et al. 2023, for up to 100 classes). */
export function scoreGen({ n, classes, probabilities }: Answers): Float64Array {
  return scoreRows(n, (row) =>
    probabilities
      .slice(row * classes, (row + 1) * classes)
      .reduce((sum, p) => sum + Math.max(0, p * (1 - p)) ** 0.1, 0),
  );
}

/** Distance to the k-th nearest training sample, features at length 1 (Sun et al. 2022). */
export async function scoreKnn({ n, training, features }: Answers, k: number): Promise<Float64Array> {
  const width = features.length / n;
  // A silent sample has no direction; it keeps a tiny one.
  const unit = unitLength(
    points(
      features.map((value, at) => (at % width === 0 ? value + 1e-6 : value)),
      width,
    ),
  );
  const stored = points(unit.data.slice(0, training * width), width);
  const found = await nearestStored(stored, unit, k, { threads: 2 });
  return scoreRows(n, (row) => found.distances[(row + 1) * found.k - 1]!);
}

/** Least squared Mahalanobis distance to the mean of a class, one covariance for all classes (Lee et al. 2018). */
export function scoreMahalanobis({ n, training, classes, labels, features }: Answers): Float64Array {
  const width = features.length / n;
  const means = Array.from({ length: classes }, () => new Float64Array(width));
  const counts = new Float64Array(classes);
  for (let row = 0; row < training; row++) counts[labels[row]!]!++;
  for (let row = 0; row < training; row++)
    for (let i = 0; i < width; i++)
      means[labels[row]!]![i]! += features[row * width + i]! / counts[labels[row]!]!;
  const gap = (row: number, mean: Float64Array): Float64Array =>
    mean.map((value, i) => features[row * width + i]! - value);
  const precision = invert(
    computeCovariance(training, width, (row) => gap(row, means[labels[row]!]!)),
    width,
  );
  return scoreRows(n, (row) =>
    Math.min(
      ...means.filter((_, c) => counts[c]! > 0).map((mean) => quadratic(gap(row, mean), precision, width)),
    ),
  );
}

/**
 * α ‖residual‖ − log Σ exp(logit) (ViM, Wang et al. 2022): the residual of half of the dimensions; α makes both parts
 * equal on training. The origin is the training mean, because a population has no weights.
 */
export function scoreVim(answers: Answers): Float64Array {
  const { n, training, classes, features, logits } = answers;
  const width = features.length / n;
  const mean = new Float64Array(width);
  for (let row = 0; row < training; row++)
    for (let i = 0; i < width; i++) mean[i]! += features[row * width + i]! / training;
  const gap = (row: number): Float64Array => mean.map((value, i) => features[row * width + i]! - value);
  const { vectors } = symmetricEigen(computeCovariance(training, width, gap), width);
  const kept = Math.floor(width / 2);
  const residual = scoreRows(n, (row) => {
    const own = gap(row);
    let square = 0;
    for (let v = kept; v < width; v++) {
      let along = 0;
      for (let i = 0; i < width; i++) along += vectors[v * width + i]! * own[i]!;
      square += along ** 2;
    }
    return Math.sqrt(square);
  });
  let [largest, length] = [0, 0];
  for (let row = 0; row < training; row++) {
    largest += Math.max(...logits.subarray(row * classes, (row + 1) * classes));
    length += residual[row]!;
  }
  const energy = scoreEnergy(answers);
  return scoreRows(n, (row) => (length > 0 ? largest / length : 0) * residual[row]! + energy[row]!);
}

/**
 * 1 − mean over units of min(1, share of training samples in the bin of the response ÷ 5 %), 50 bins of the sigmoid of
 * the standardised response (NAC, Liu et al. 2024, with the responses themselves instead of their gradients).
 */
export function scoreCoverage({ n, training, units }: Answers): Float64Array {
  const scores = new Float64Array(n);
  const count = units.length / n;
  for (let unit = 0; unit < count; unit++) {
    const own = units.subarray(unit * n, (unit + 1) * n);
    const known = own.subarray(0, training);
    const mean = known.reduce((sum, value) => sum + value, 0) / training;
    const deviation = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / training) || 1;
    const bin = (value: number): number =>
      Math.min(49, Math.floor(50 / (1 + Math.exp((mean - value) / deviation))));
    const counts = new Float64Array(50);
    for (const value of known) counts[bin(value)]!++;
    for (let row = 0; row < n; row++)
      scores[row]! += (1 - Math.min(1, counts[bin(own[row]!)]! / (0.05 * training))) / count;
  }
  return scores;
}

function computeCovariance(rows: number, width: number, read: (row: number) => Float64Array): Float64Array {
  const sums = new Float64Array(width * width);
  for (let row = 0; row < rows; row++) {
    const x = read(row);
    for (let i = 0; i < width; i++)
      for (let j = 0; j < width; j++) sums[i * width + j]! += (x[i]! * x[j]!) / rows;
  }
  return sums;
}

/** Pseudo-inverse of a covariance. */
function invert(matrix: Float64Array, d: number): Float64Array {
  const { values, vectors } = symmetricEigen(matrix, d);
  const inverse = new Float64Array(d * d);
  values.forEach((value, v) => {
    if (value <= 1e-10 * values[0]!) return;
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++) inverse[i * d + j]! += (vectors[v * d + i]! * vectors[v * d + j]!) / value;
  });
  return inverse;
}

function quadratic(x: Float64Array, matrix: Float64Array, d: number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) sum += x[i]! * matrix[i * d + j]! * x[j]!;
  return sum;
}
