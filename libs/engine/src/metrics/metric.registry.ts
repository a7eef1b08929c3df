import { Registry } from '@noema/kernel';
import { byKerasName, type Settings } from '../keras.settings.js';
import { accuracy, topK } from './accuracies.js';
import { auc, binaryAccuracy, precision, recall } from './binary.js';
import { meanAbsoluteError, meanSquaredError, r2Score, rootMeanSquaredError } from './errors.js';
import { boxPrecision, boxRecall, meanAveragePrecision, meanAveragePrecision50 } from './boxes.js';
import type { MetricKind } from './metric.js';
import { meanIou, pixelAccuracy } from './positions.js';

/** All metrics, in the order in which people see them. */
export const metrics = new Registry<MetricKind>('metric', [
  accuracy,
  topK,
  auc,
  binaryAccuracy,
  precision,
  recall,
  meanAbsoluteError,
  meanSquaredError,
  rootMeanSquaredError,
  r2Score,
  pixelAccuracy,
  meanIou,
  meanAveragePrecision,
  meanAveragePrecision50,
  boxPrecision,
  boxRecall,
]);

/** Other names that Keras knows them by. */
const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    acc: 'accuracy',
    categorical_accuracy: 'accuracy',
    sparse_categorical_accuracy: 'accuracy',
    mae: 'mean_absolute_error',
    mse: 'mean_squared_error',
    rmse: 'root_mean_squared_error',
    r2: 'r2_score',
    iou: 'mean_iou',
    mean_io_u: 'mean_iou',
    map: 'mean_average_precision',
    map_50: 'mean_average_precision_50',
    top_k: 'top_k_categorical_accuracy',
    sparse_top_k_categorical_accuracy: 'top_k_categorical_accuracy',
  }),
);

/** The metric with a Keras name, however it is written. Throws `invalid` METRIC_UNKNOWN. */
export const metricKind = (name: string): MetricKind => byKerasName(metrics, ALIASES.get(name) ?? name);

/**
 * A metric under its Keras name with its Keras settings. Throws `invalid` METRIC_UNKNOWN, SETTING_INVALID.
 */
export const createMetric = (name: string, settings?: Settings): ReturnType<MetricKind['create']> =>
  metricKind(name).create(settings);
