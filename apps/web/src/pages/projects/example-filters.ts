import { ColumnType, type MetadataColumn } from '@noema/contracts/noema/datasets/v1/dataset_version';

/** Conditions over samples that fit the columns of a dataset version. */
export function exampleFilters(
  columns: readonly Pick<MetadataColumn, 'name' | 'type' | 'min' | 'max' | 'values'>[],
): string[] {
  const number = columns.find(
    ({ type, min, max }) =>
      type === ColumnType.NUMBER &&
      min !== undefined &&
      max !== undefined &&
      !(Number.isInteger(min) && Number.isInteger(max)),
  );
  const text = columns.find(({ type, values }) => type === ColumnType.STRING && values.length > 0);
  const middle =
    number === undefined ? undefined : Number((((number.min ?? 0) + (number.max ?? 0)) / 2).toPrecision(2));
  return [
    ...(number === undefined ? [] : [`split = "validation" AND metadata.${number.name} > ${middle}`]),
    ...(text === undefined ? [] : [`metadata.${text.name} = ${JSON.stringify(text.values[0])}`]),
    'class_name = "9" OR class_name = "4"',
    'row < 100 AND NOT split = "training"',
  ];
}
