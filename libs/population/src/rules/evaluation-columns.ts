/** The columns of an evaluation; filters over evaluations and columns of points carry the same names. */
export const EVALUATION_COLUMNS = {
  loss: 'loss',
  hasLoss: 'has_loss',
  predictedClass: 'predicted_class',
  trueClass: 'true_class',
  correct: 'correct',
  probabilities: 'probabilities',
  predictions: 'predictions',
  targets: 'targets',
  residual: 'residual',
  pixelAccuracy: 'pixel_accuracy',
  iou: 'iou',
  trueObjects: 'true_objects',
  missed: 'missed',
  wrongClass: 'wrong_class',
  badlyPlaced: 'badly_placed',
  falsePositives: 'false_positives',
} as const;

const METRIC_PREFIX = 'metrics.';

/** The column of a metric that the integration of the data computes. */
export const metricColumn = (name: string): string => METRIC_PREFIX + name;

/** The name of the metric in a column, undefined for other columns. */
export const metricName = (column: string): string | undefined =>
  column.startsWith(METRIC_PREFIX) ? column.slice(METRIC_PREFIX.length) : undefined;
