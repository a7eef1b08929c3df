import { readSettings } from '../keras.settings.js';
import type { Judged, MetricKind } from './metric.js';

const meanOver = ({ predictions, targets }: Judged, error: (difference: number) => number): number => {
  let total = 0;
  for (let i = 0; i < predictions.length; i++) total += error(predictions[i]! - targets[i]!);
  return total / predictions.length;
};

const regressionMetric = (key: string, measure: (judged: Judged) => number): MetricKind => ({
  key,
  tasks: ['regression', 'binary', 'multi-label', 'multi-class', 'per-pixel'],
  create(settings) {
    readSettings(`metric ${key}`, {}, settings);
    return { name: key, measure: (judged) => (judged.targetWidth === judged.width ? measure(judged) : NaN) };
  },
});

const square = (difference: number): number => difference * difference;

export const meanAbsoluteError = regressionMetric('mean_absolute_error', (judged) =>
  meanOver(judged, Math.abs),
);
export const meanSquaredError = regressionMetric('mean_squared_error', (judged) => meanOver(judged, square));
export const rootMeanSquaredError = regressionMetric('root_mean_squared_error', (judged) =>
  Math.sqrt(meanOver(judged, square)),
);

/**
 * Share of the variance of the ground truth that is predicted, averaged over the outputs. NaN if a ground
 * truth has no variance.
 */
export const r2Score: MetricKind = {
  ...regressionMetric('r2_score', ({ rows, width, predictions, targets }) => {
    let sum = 0;
    for (let output = 0; output < width; output++) {
      let [mean, residual, total] = [0, 0, 0];
      for (let row = 0; row < rows; row++) mean += targets[row * width + output]! / rows;
      for (let row = 0; row < rows; row++) {
        const truth = targets[row * width + output]!;
        residual += square(truth - predictions[row * width + output]!);
        total += square(truth - mean);
      }
      sum += total === 0 ? NaN : 1 - residual / total;
    }
    return sum / width;
  }),
  tasks: ['regression'],
};
