import { checkRows } from '../evaluation.errors.js';
import type { ConfusionMatrix } from './confusion.js';

/** Metrics of one class; NaN where the denominator is 0. */
export interface ClassMetrics {
  /** Share of the predictions of the class that are correct. */
  readonly precision: number;
  /** Share of the samples of the class that are predicted as such. */
  readonly recall: number;
  /** Harmonic mean of both. */
  readonly f1: number;
  /** Samples with the class as ground truth. */
  readonly support: number;
  /** Predictions of the class. */
  readonly predicted: number;
  readonly correct: number;
}

export interface ClassReport {
  readonly classes: readonly ClassMetrics[];
  /** Share of all samples that are predicted correctly; NaN without samples. */
  readonly accuracy: number;
  /** Means over the classes where the metric is defined. */
  readonly macro: MetricMeans;
  /** Means over the classes where the metric is defined, weighted by support. */
  readonly weighted: MetricMeans;
}

export interface MetricMeans {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Returns precision, recall, F1 and support of each class, and their means. */
export function reportClasses({ classCount, cells }: Omit<ConfusionMatrix, 'n'>): ClassReport {
  const support = new Float64Array(classCount);
  const predicted = new Float64Array(classCount);
  cells.forEach((count, cell) => {
    support[Math.floor(cell / classCount)]! += count;
    predicted[cell % classCount]! += count;
  });
  const classes = Array.from(support, (truths, k) => {
    const correct = cells[k * classCount + k]!;
    return {
      precision: correct / predicted[k]!,
      recall: correct / truths,
      f1: (2 * correct) / (truths + predicted[k]!),
      support: truths,
      predicted: predicted[k]!,
      correct,
    };
  });
  const correct = classes.reduce((sum, one) => sum + one.correct, 0);
  const all = support.reduce((sum, count) => sum + count, 0);
  return {
    classes,
    accuracy: correct / all,
    macro: meanMetrics(classes, () => 1),
    weighted: meanMetrics(classes, (one) => one.support),
  };
}

function meanMetrics(
  classes: readonly ClassMetrics[],
  weight: (metrics: ClassMetrics) => number,
): MetricMeans {
  const mean = (name: keyof MetricMeans): number => {
    let [sum, weights] = [0, 0];
    for (const one of classes) {
      if (Number.isNaN(one[name])) continue;
      sum += one[name] * weight(one);
      weights += weight(one);
    }
    return sum / weights;
  };
  return { precision: mean('precision'), recall: mean('recall'), f1: mean('f1') };
}

/** Returns the mean of the finite values of each class [classCount]; NaN for a class without one. */
export function meanByClass(
  truth: Int32Array,
  values: Float32Array | Float64Array,
  classCount: number,
): Float64Array {
  checkRows(truth.length, { values });
  const sums = new Float64Array(classCount);
  const counts = new Float64Array(classCount);
  for (let row = 0; row < truth.length; row++) {
    const k = truth[row]!;
    const value = values[row]!;
    if (k < 0 || k >= classCount || !Number.isFinite(value)) continue;
    sums[k]! += value;
    counts[k]!++;
  }
  return sums.map((sum, k) => sum / counts[k]!);
}
