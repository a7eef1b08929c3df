import { readSettings } from '../keras.settings.js';
import { describeMetric, type Judged, type MetricDescription, type MetricKind } from './metric.js';

const meanOver = ({ predictions, targets }: Judged, error: (difference: number) => number): number => {
  let total = 0;
  for (let i = 0; i < predictions.length; i++) total += error(predictions[i]! - targets[i]!);
  return total / predictions.length;
};

const regressionMetric = (
  description: Omit<MetricDescription, 'tasks'> & Partial<Pick<MetricDescription, 'tasks'>>,
  measure: (judged: Judged) => number,
): MetricKind => {
  const { key } = description;
  const tasks = ['regression', 'binary', 'multi-label', 'multi-class', 'per-pixel'] as const;
  return describeMetric({ tasks, ...description }, (settings) => {
    readSettings(`metric ${key}`, {}, settings);
    return { name: key, measure: (judged) => (judged.targetWidth === judged.width ? measure(judged) : NaN) };
  });
};

const square = (difference: number): number => difference * difference;

export const meanAbsoluteError = regressionMetric(
  {
    key: 'mean_absolute_error',
    title: 'Mean absolute error',
    summary: 'Mean size of the differences between predictions and ground truth.',
  },
  (judged) => meanOver(judged, Math.abs),
);
export const meanSquaredError = regressionMetric(
  {
    key: 'mean_squared_error',
    title: 'Mean squared error',
    summary: 'Mean square of the differences between predictions and ground truth.',
  },
  (judged) => meanOver(judged, square),
);
export const rootMeanSquaredError = regressionMetric(
  {
    key: 'root_mean_squared_error',
    title: 'Root mean squared error',
    summary: 'Square root of the mean squared error, in the unit of the ground truth.',
  },
  (judged) => Math.sqrt(meanOver(judged, square)),
);

/**
 * Share of the variance of the ground truth that is predicted, averaged over the outputs. NaN if a ground
 * truth has no variance.
 */
export const r2Score = regressionMetric(
  {
    key: 'r2_score',
    title: 'R² score',
    summary: 'Share of the variance of the ground truth that is predicted.',
    tasks: ['regression'],
  },
  ({ rows, width, predictions, targets }) => {
    let sum = 0;
    for (let output = 0; output < width; output++) {
      let mean = 0;
      let residual = 0;
      let total = 0;
      for (let row = 0; row < rows; row++) mean += targets[row * width + output]! / rows;
      for (let row = 0; row < rows; row++) {
        const truth = targets[row * width + output]!;
        residual += square(truth - predictions[row * width + output]!);
        total += square(truth - mean);
      }
      sum += total === 0 ? NaN : 1 - residual / total;
    }
    return sum / width;
  },
);
