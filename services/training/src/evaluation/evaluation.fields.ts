import { type FieldReader, type FieldType, SPLIT_FIELD } from '@noema/kernel';
import { EVALUATION_COLUMNS, metricColumn, SAMPLE_COLUMNS } from '@noema/population/rules';
import type { SampleIndex } from '../dataset/dataset.js';
import { numberAt, type RankedEvaluation } from './evaluation.js';

/** Fields of evaluations that filters may name, in addition to columns of the sample table. */
export const EVALUATION_FIELDS: readonly (readonly [string, FieldType])[] = [
  [SAMPLE_COLUMNS.split, SPLIT_FIELD],
  [SAMPLE_COLUMNS.sampleId, 'string'],
  [SAMPLE_COLUMNS.row, 'number'],
  [EVALUATION_COLUMNS.loss, 'number'],
  [EVALUATION_COLUMNS.correct, 'boolean'],
  [EVALUATION_COLUMNS.predictedClass, 'number'],
  [EVALUATION_COLUMNS.trueClass, 'number'],
  [EVALUATION_COLUMNS.residual, 'number'],
  [EVALUATION_COLUMNS.iou, 'number'],
  [EVALUATION_COLUMNS.missed, 'number'],
  [EVALUATION_COLUMNS.wrongClass, 'number'],
  [EVALUATION_COLUMNS.badlyPlaced, 'number'],
  [EVALUATION_COLUMNS.falsePositives, 'number'],
];

/** Fields of one evaluation: `EVALUATION_FIELDS`, and `metrics.<name>` of each metric of the integration. */
export const listFields = ({
  evaluation: { metrics = [] },
}: RankedEvaluation): readonly (readonly [string, FieldType])[] => [
  ...EVALUATION_FIELDS,
  ...metrics.map(({ name }) => [metricColumn(name), 'number'] as const),
];

/** Yields all rows in the order of their loss or of their number. */
export function* rowsInOrder(
  { byLoss, evaluation: { rows, hasLoss } }: RankedEvaluation,
  { field, descending }: { readonly field: string; readonly descending: boolean },
): Generator<number> {
  if (field === 'row') {
    for (let i = 0; i < rows; i++) yield descending ? rows - 1 - i : i;
  } else if (descending) yield* byLoss;
  else {
    // Rows without a loss come last in both directions.
    yield* byLoss.filter((row) => hasLoss[row] === 1).reverse();
    yield* byLoss.filter((row) => hasLoss[row] !== 1);
  }
}

/** A sample without ground truth has neither a loss nor a true class, and is neither correct nor wrong. */
export function evaluationReader(
  name: string,
  { evaluation, task }: RankedEvaluation,
  index: SampleIndex,
): FieldReader {
  const isJudged = task !== 'regression' && task !== 'per-pixel' && task !== 'detection';
  const classAt = (classes: Int32Array, row: number): number | undefined =>
    classes[row]! < 0 ? undefined : classes[row];
  const known = (row: number): boolean => evaluation.hasLoss[row] === 1;
  const metric = evaluation.metrics?.find((one) => metricColumn(one.name) === name);
  if (metric !== undefined) return (row) => numberAt(metric.values, row);
  switch (name) {
    case SAMPLE_COLUMNS.split:
      return (row) => index.splits[row];
    case SAMPLE_COLUMNS.sampleId:
      return (row) => index.sampleIds[row];
    case SAMPLE_COLUMNS.row:
      return (row) => row;
    case EVALUATION_COLUMNS.predictedClass:
      return (row) => classAt(evaluation.predictedClass, row);
    case EVALUATION_COLUMNS.loss:
      return (row) => (known(row) ? evaluation.loss[row] : undefined);
    case EVALUATION_COLUMNS.correct:
      return (row) => (known(row) && isJudged ? evaluation.correct[row] === 1 : undefined);
    case EVALUATION_COLUMNS.residual:
      return (row) => numberAt(evaluation.residual, row);
    case EVALUATION_COLUMNS.iou:
      return (row) => numberAt(evaluation.iou, row);
    case EVALUATION_COLUMNS.missed:
      return (row) => numberAt(evaluation.missed, row);
    case EVALUATION_COLUMNS.wrongClass:
      return (row) => numberAt(evaluation.wrongClass, row);
    case EVALUATION_COLUMNS.badlyPlaced:
      return (row) => numberAt(evaluation.badlyPlaced, row);
    case EVALUATION_COLUMNS.falsePositives:
      return (row) => numberAt(evaluation.falsePositives, row);
    default:
      return (row) => (known(row) ? classAt(evaluation.trueClass, row) : undefined);
  }
}
