import { readSettings } from '../keras.settings.js';
import type { Judged, MetricKind } from './metric.js';

const meanOver = ({ predictions, targets }: Judged, error: (difference: number) => number): number => {
  let total = 0;
  for (let i = 0; i < predictions.length; i++) total += error(predictions[i]! - targets[i]!);
  return total / predictions.length;
};

const errorMetric = (key: string, error: (difference: number) => number): MetricKind => ({
  key,
  create(settings) {
    readSettings(`metric ${key}`, {}, settings);
    return { name: key, measure: (judged) => meanOver(judged, error) };
  },
});

export const meanAbsoluteError = errorMetric('mean_absolute_error', Math.abs);
export const meanSquaredError = errorMetric('mean_squared_error', (difference) => difference * difference);
