import { ColumnType } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { outputColumn } from '../../../parts/output-column.js';
import { columnTitle, isDerived, isSigned, SLICE } from './column.js';
import type { Described, Evaluated } from './placed-rows.js';

/** A column that points can be colored, sized or filtered by. */
export interface ColumnOption {
  readonly name: string;
  readonly title: string;
  readonly group: 'versions' | 'model' | 'map' | 'data';
  readonly isNumber: boolean;
}

const option = (name: string, group: ColumnOption['group'], isNumber: boolean): ColumnOption => ({
  name,
  title: columnTitle(name),
  group,
  isNumber,
});

/**
 * The columns of the model's evaluation, by its task; columns that need ground truth only where the run
 * compares with it.
 */
function modelColumns(
  { classNames }: Described,
  { task, isCompared, targetSize }: Pick<Evaluated, 'task' | 'isCompared' | 'targetSize'>,
): ColumnOption[] {
  const compared = (...options: ColumnOption[]): ColumnOption[] => (isCompared ? options : []);
  const loss = compared(option('loss', 'model', true));
  if (task === Task.REGRESSION)
    return [
      ...loss,
      option('prediction', 'model', true),
      ...(targetSize === 1
        ? compared(option('target', 'model', true), option('residual', 'model', true))
        : []),
    ];
  if (task === Task.PER_PIXEL)
    return [...loss, ...compared(option('pixel_accuracy', 'model', true), option('iou', 'model', true))];
  if (task === Task.DETECTION)
    return [
      ...loss,
      ...compared(
        ...['iou', 'missed', 'wrong_class', 'badly_placed', 'false_positives'].map((name) =>
          option(name, 'model', true),
        ),
      ),
    ];
  if (task === Task.MULTI_LABEL) return [...loss, ...compared(option('correct', 'model', false))];
  if (task === Task.UNSPECIFIED && classNames.length === 0) return loss;
  return [
    ...loss,
    option('predicted_class', 'model', false),
    ...compared(option('correct', 'model', false)),
    option('confidence', 'model', true),
    ...compared(option('true_probability', 'model', true)),
  ];
}

/** The loss of the first of several outputs alone, and the columns of the others. */
function outputColumns(described: Described): ColumnOption[] {
  const { outputs = [], isCompared } = described.evaluated ?? { isCompared: true };
  return outputs.flatMap(({ name: output, ...own }, at) => {
    const isOfClasses = own.task === Task.MULTI_CLASS || own.task === Task.BINARY;
    const options =
      at === 0
        ? [option('loss', 'model', true)].filter(() => isCompared)
        : [
            ...modelColumns(described, { ...own, isCompared }),
            ...[option('true_class', 'model', false)].filter(() => isCompared && isOfClasses),
          ];
    return options.map(({ name, isNumber }) => option(outputColumn(output, name), 'model', isNumber));
  });
}

/** The columns that the points of a dataset version have. */
export function listColumns(described: Described): ColumnOption[] {
  const {
    classNames,
    metadataColumns,
    splits,
    metricNames = [],
    hasOrigin = false,
    changes = [],
  } = described;
  return [
    ...changes.map((name) => option(name, 'versions', isSigned(name))),
    ...modelColumns(
      described,
      described.evaluated ?? { task: Task.UNSPECIFIED, isCompared: true, targetSize: 1 },
    ),
    ...outputColumns(described),
    ...metricNames.map((name) => option(`metrics.${name}`, 'model', true)),
    option('cluster', 'map', false),
    option('trust', 'map', true),
    ...(hasOrigin ? [option('origin', 'map', false)] : []),
    ...(classNames.length > 0 ? [option('true_class', 'data', false)] : []),
    ...(splits.length > 0 ? [option('split', 'data', false)] : []),
    option(SLICE, 'data', false),
    ...metadataColumns.map((column) =>
      option(`metadata.${column.name}`, 'data', column.type === ColumnType.NUMBER),
    ),
  ];
}

/** The column that colours the dots: the requested one, or the first of these that there is. */
export const shownColor = (asked: string, known: ReadonlySet<string>): string =>
  asked === 'none' || known.has(asked)
    ? asked
    : (['loss', 'predicted_class', 'prediction'].find((name) => known.has(name)) ?? 'cluster');

/** The column that sizes the dots; none where there is no loss to stand in for an unknown one. */
export const shownSize = (asked: string, known: ReadonlySet<string>): string =>
  asked === 'none' || known.has(asked) ? asked : known.has('loss') ? 'loss' : 'none';

/**
 * The columns of the first stream of a map in addition to its coordinates; columns that a version does not
 * have are taken for the loss.
 */
export function selectFirstColumns(
  version: Described,
  looks: { readonly color: string; readonly size: string },
): string[] {
  const known = new Set(listColumns(version).map(({ name }) => name));
  const asked = [shownColor(looks.color, known), shownSize(looks.size, known)].filter(
    (name) => !isDerived(name),
  );
  return [...new Set(['loss', 'true_class', ...asked])].filter((name) => known.has(name));
}

const GROUPS = { versions: 'Versions', model: 'Model', map: 'Map', data: 'Data' } as const;

/** The columns under headings, for a list to choose from. */
export function groupColumns(
  options: readonly ColumnOption[],
  first: readonly { readonly value: string; readonly label: string }[] = [],
) {
  const groups = (Object.keys(GROUPS) as (keyof typeof GROUPS)[]).map((group) => ({
    group: GROUPS[group],
    items: options.filter((o) => o.group === group).map(({ name, title }) => ({ value: name, label: title })),
  }));
  return [...first, ...groups.filter(({ items }) => items.length > 0)];
}
