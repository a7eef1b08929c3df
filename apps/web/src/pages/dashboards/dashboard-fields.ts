import { ColumnType, type DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { outputColumn } from '../../parts/output-column.js';

/** A field that charts can use. */
export interface DashboardField {
  readonly name: string;
  readonly kind: 'number' | 'text' | 'boolean';
}

type EvaluatingRun = Pick<Run, 'task' | 'noLossReason' | 'objectives'>;

/**
 * The fields of the samples of a run: predictions of an output by its task, losses, splits, metadata, and the same of
 * each of several outputs by its name. The first output, called '', has the losses of all.
 */
export const listFields = (run: EvaluatingRun, version: DatasetVersion, output = ''): DashboardField[] => [
  ...outputFields(run, version, output),
  { name: 'split', kind: 'text' },
  ...version.metadataColumns.map(
    ({ name, type }): DashboardField => ({
      name: `metadata.${name}`,
      kind: type === ColumnType.NUMBER ? 'number' : 'text',
    }),
  ),
  ...(run.objectives.length < 2 ? [] : run.objectives).flatMap(({ output: name }, at) =>
    outputFields(run, version, name)
      // A map has the other columns of the first output without its name.
      .filter((field) => at > 0 || field.name === 'loss')
      .map((field) => ({ ...field, name: outputColumn(name, field.name) })),
  ),
];

function outputFields(
  { task: first, noLossReason, objectives }: EvaluatingRun,
  version: DatasetVersion,
  output: string,
): DashboardField[] {
  const at = objectives.findIndex((one) => one.output === output);
  const task = objectives[at]?.task ?? first;
  const isCompared = noLossReason === '' && (at < 0 || objectives[at]?.loss !== undefined);
  const field = (
    name: string,
    kind: DashboardField['kind'] = 'number',
    needsTruth = true,
  ): DashboardField[] => (needsTruth && !isCompared ? [] : [{ name, kind }]);
  // The class of a sample is a column of the data; outputs after the first have labels of their own.
  const labels =
    at > 0
      ? [Task.MULTI_CLASS, Task.BINARY].includes(task) && field('true_class', 'text')
      : version.classNames.length > 0 && field('true_class', 'text', false);
  return [
    ...field('loss'),
    ...modelFields(task, isSingle(version, output, at), field),
    ...(labels === false ? [] : labels),
  ];
}

function modelFields(
  task: Task,
  isSingleNumber: boolean,
  field: (name: string, kind?: DashboardField['kind'], needsTruth?: boolean) => DashboardField[],
): DashboardField[] {
  switch (task) {
    case Task.REGRESSION:
      return [
        ...field('prediction', 'number', false),
        ...(isSingleNumber ? [...field('target'), ...field('residual')] : []),
      ];
    case Task.PER_PIXEL:
      return [...field('pixel_accuracy'), ...field('iou')];
    case Task.DETECTION:
      return ['iou', 'missed', 'wrong_class', 'badly_placed', 'false_positives'].flatMap((name) =>
        field(name),
      );
    case Task.MULTI_LABEL:
      return field('correct', 'boolean');
    default:
      return [
        ...field('predicted_class', 'text', false),
        ...field('correct', 'boolean'),
        ...field('confidence', 'number', false),
        ...field('true_probability'),
      ];
  }
}

/** Whether the ground truth of an output is one number for each sample; it has the name of the output, or its place. */
const isSingle = ({ groundTruths }: DatasetVersion, output: string, at: number): boolean =>
  ((groundTruths.find(({ name }) => name === output) ?? groundTruths[Math.max(0, at)])?.dims ?? []).reduce(
    (size, dim) => size * dim,
    1,
  ) === 1;
