import {
  ColumnType,
  type DatasetVersion,
  type MetadataColumn,
} from '@noema/contracts/noema/datasets/v1/dataset_version';
import { formatField, formatText } from '@noema/kernel/filter-language';

/** The parts of a dataset version whose names a filter may contain. */
export interface FilteredData extends Pick<DatasetVersion, 'classNames'> {
  readonly metadataColumns: readonly Pick<MetadataColumn, 'name' | 'type' | 'min' | 'max' | 'values'>[];
}

/** Conditions over samples that fit the classes and columns of a dataset version. */
export function exampleFilters({ classNames, metadataColumns }: FilteredData): string[] {
  const number = metadataColumns.find(
    ({ type, min, max }) =>
      type === ColumnType.NUMBER &&
      min !== undefined &&
      max !== undefined &&
      !(Number.isInteger(min) && Number.isInteger(max)),
  );
  const text = metadataColumns.find(({ type, values }) => type === ColumnType.STRING && values.length > 0);
  const middle =
    number === undefined ? undefined : Number((((number.min ?? 0) + (number.max ?? 0)) / 2).toPrecision(2));
  const classes = classNames
    .slice(-2)
    .map((name) => `class_name = ${formatText(name)}`)
    .join(' OR ');
  return [
    ...(number === undefined
      ? []
      : [`split = "validation" AND ${formatField(`metadata.${number.name}`)} > ${middle}`]),
    ...(text === undefined
      ? []
      : [`${formatField(`metadata.${text.name}`)} = ${formatText(text.values[0]!)}`]),
    ...(classes === '' ? [] : [classes]),
    'row < 100 AND NOT split = "training"',
  ];
}
