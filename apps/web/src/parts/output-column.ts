/** Columns of one of several outputs: the name of the output, and the column. */
const OF_OUTPUT = /^outputs\.(.*)\.([a-z_]+)$/s;

/** The column of one of several outputs. */
export const outputColumn = (output: string, column: string): string => `outputs.${output}.${column}`;

/** Output and column of the name of a column of one of several outputs; undefined for other columns. */
export function parseOutputColumn(
  name: string,
): { readonly output: string; readonly column: string } | undefined {
  const [, output, column] = OF_OUTPUT.exec(name) ?? [];
  return output === undefined || column === undefined ? undefined : { output, column };
}

/** The name that a column of an output has for a model with one output. */
export const plainColumn = (name: string): string => parseOutputColumn(name)?.column ?? name;

/** Columns of an output that are computed for each epoch. */
const EVALUATED: ReadonlySet<string> = new Set([
  'loss',
  'predicted_class',
  'correct',
  'confidence',
  'true_probability',
  'prediction',
  'target',
  'residual',
  'pixel_accuracy',
  'iou',
  'missed',
  'wrong_class',
  'badly_placed',
  'false_positives',
]);

/** True for columns that are read from the evaluation of an epoch: all of a named output, metrics among them. */
export const isOfEvaluation = (name: string): boolean =>
  EVALUATED.has(name) || name.startsWith('metrics.') || parseOutputColumn(name) !== undefined;

/** True for columns that each output has for itself; columns of the data, the map and metrics belong to all. */
const isOfOutput = (column: string): boolean => EVALUATED.has(column) || column === 'true_class';

/**
 * The column of a map with the values of an output, '' for the first one with the losses of all. Columns of the first
 * of several outputs have no prefix, except its own loss.
 */
export const toOutputColumn = (column: string, output: string, outputs: readonly string[]): string =>
  output === '' || outputs.length < 2 || !isOfOutput(column) || (output === outputs[0] && column !== 'loss')
    ? column
    : outputColumn(output, column);
