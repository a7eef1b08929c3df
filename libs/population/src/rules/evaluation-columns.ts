/** The columns of an evaluation; filters over evaluations and columns of points carry the same names. */
export const EVALUATION_COLUMNS = {
  loss: 'loss',
  ownLoss: 'own_loss',
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
  predictedPositions: 'predicted_positions',
  truePositions: 'true_positions',
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

const OUTPUT_PREFIX = 'outputs.';

/** The column, field or metric of one of several outputs. */
export const outputColumn = (output: string, column: string): string => `${OUTPUT_PREFIX}${output}.${column}`;

/** True for the column of one of several outputs. */
export const isOutputColumn = (name: string): boolean => name.startsWith(OUTPUT_PREFIX);

/** Output and column of the name of a column of one of several outputs; undefined for other columns. */
export function parseOutputColumn(
  name: string,
  outputs: readonly string[],
): { readonly output: string; readonly column: string } | undefined {
  // An output may have a dot in its name, so that the longest one that fits is meant.
  const [output] = outputs
    .filter((one) => name.startsWith(outputColumn(one, '')))
    .sort((a, b) => b.length - a.length);
  return output === undefined ? undefined : { output, column: name.slice(outputColumn(output, '').length) };
}

/** Columns of points that each output has for itself; columns of the data, the map and metrics belong to all. */
const OF_OUTPUT: ReadonlySet<string> = new Set([
  EVALUATION_COLUMNS.loss,
  EVALUATION_COLUMNS.predictedClass,
  EVALUATION_COLUMNS.trueClass,
  EVALUATION_COLUMNS.correct,
  'confidence',
  'true_probability',
  'prediction',
  'target',
  EVALUATION_COLUMNS.residual,
  EVALUATION_COLUMNS.pixelAccuracy,
  EVALUATION_COLUMNS.iou,
  EVALUATION_COLUMNS.missed,
  EVALUATION_COLUMNS.wrongClass,
  EVALUATION_COLUMNS.badlyPlaced,
  EVALUATION_COLUMNS.falsePositives,
]);

/**
 * The column of points with the values of an output, '' for the first one with the losses of all. Columns of the first
 * of several outputs have no prefix, except its own loss.
 */
export const toOutputColumn = (column: string, output: string, outputs: readonly string[]): string =>
  output === '' ||
  outputs.length < 2 ||
  !OF_OUTPUT.has(column) ||
  (output === outputs[0] && column !== EVALUATION_COLUMNS.loss)
    ? column
    : outputColumn(output, column);
