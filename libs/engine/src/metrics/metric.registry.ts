import { Registry } from '@noema/kernel';
import { byKerasName, type Settings } from '../keras.settings.js';
import { accuracy, topK } from './accuracies.js';
import { auc, precision, recall } from './binary.js';
import { meanAbsoluteError, meanSquaredError } from './errors.js';
import type { MetricKind } from './metric.js';

export const metrics = new Registry<MetricKind>('metric', [accuracy, auc, meanAbsoluteError, meanSquaredError, precision, recall, topK]);

/** Other names that Keras knows them by. */
const ALIASES: ReadonlyMap<string, string> = new Map(Object.entries({
  acc: 'accuracy', categorical_accuracy: 'accuracy', sparse_categorical_accuracy: 'accuracy', binary_accuracy: 'accuracy', mae: 'mean_absolute_error', mse: 'mean_squared_error',
  top_k: 'top_k_categorical_accuracy', sparse_top_k_categorical_accuracy: 'top_k_categorical_accuracy',
}));

/** A metric under its Keras name with its Keras settings. Throws `invalid` METRIC_UNKNOWN, SETTING_INVALID. */
export const metricOf = (name: string, settings?: Settings): ReturnType<MetricKind['create']> => byKerasName(metrics, ALIASES.get(name) ?? name).create(settings);
