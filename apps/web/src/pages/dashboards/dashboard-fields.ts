import { ColumnType, type DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { Task } from '@noema/contracts/noema/type/v1/task';

/** A field that charts can use. */
export interface DashboardField {
  readonly name: string;
  readonly kind: 'number' | 'text' | 'boolean';
}

/** The fields of the samples of a run: outputs and losses by its task, splits, and metadata. */
export function listFields(run: Run, version: DatasetVersion): DashboardField[] {
  const isCompared = run.noLossReason === '';
  const field = (
    name: string,
    kind: DashboardField['kind'] = 'number',
    needsTruth = true,
  ): DashboardField[] => (needsTruth && !isCompared ? [] : [{ name, kind }]);
  return [
    ...field('loss'),
    ...modelFields(run, version, field),
    ...(version.classNames.length > 0 ? field('true_class', 'text', false) : []),
    ...field('split', 'text', false),
    ...version.metadataColumns.flatMap(({ name, type }) =>
      field(`metadata.${name}`, type === ColumnType.NUMBER ? 'number' : 'text', false),
    ),
  ];
}

function modelFields(
  { task }: Run,
  version: DatasetVersion,
  field: (name: string, kind?: DashboardField['kind'], needsTruth?: boolean) => DashboardField[],
): DashboardField[] {
  switch (task) {
    case Task.REGRESSION:
      return [
        ...field('prediction', 'number', false),
        ...(isSingle(version) ? [...field('target'), ...field('residual')] : []),
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

/** Whether the ground truth is one number for each sample. */
const isSingle = ({ groundTruths }: DatasetVersion): boolean =>
  (groundTruths[0]?.dims ?? []).reduce((size, dim) => size * dim, 1) === 1;
