import { ColumnType } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { type FieldType, labelAlias, SPLIT_FIELD } from '@noema/kernel/filter-language';
import type { Column } from '../points/column.js';
import type { Described } from '../points/placed-rows.js';

/** The fields that a search may name, as the API knows them, with their types. */
export function searchFields({ classNames, metadataColumns }: Described): ReadonlyMap<string, FieldType> {
  const classes: [string, FieldType][] = [
    ['class_index', 'number'],
    ['class_name', 'string'],
    ['true_class', 'number'],
    ['predicted_class', 'number'],
    ['correct', 'boolean'],
    ['confidence', 'number'],
    ['true_probability', 'number'],
  ];
  return new Map<string, FieldType>([
    ['row', 'number'],
    ['split', SPLIT_FIELD],
    ['sample_id', 'string'],
    ['loss', 'number'],
    ...(classNames.length > 0 ? classes : []),
    ['cluster', 'number'],
    ['trust', 'number'],
    ...metadataColumns.map(({ name, type }): [string, FieldType] => [
      `metadata.${name}`,
      type === ColumnType.NUMBER ? 'number' : type === ColumnType.BOOLEAN ? 'boolean' : 'string',
    ]),
  ]);
}

/** Other names of fields: `label`, which means on the map what it means everywhere. */
export const searchAliases = labelAlias;

/** The column of the points that holds a field; ids and rows have no column. */
export function columnOfField(field: string): string | undefined {
  if (field === 'row' || field === 'sample_id') return undefined;
  return field === 'class_index' || field === 'class_name' ? 'true_class' : field;
}

/** Whether a field holds the number of a class. */
const isIndex = (field: string): boolean =>
  field === 'class_index' || field === 'true_class' || field === 'predicted_class';

/** Reads a field of a point from its column; nothing where the point has no value. */
export function fieldReader(
  field: string,
  type: FieldType,
  column: Column | undefined,
): (point: number) => string | number | boolean | undefined {
  if (column === undefined) return () => undefined;
  if (column.kind === 'number') return (point) => column.values[point];
  const { values, missing, names } = column;
  const toValue = (code: number): string | number | boolean | undefined => {
    if (isIndex(field)) return code;
    const name = names[code];
    return name === undefined
      ? undefined
      : type === 'boolean'
        ? name === 'true'
        : type === 'number'
          ? Number(name)
          : name;
  };
  return (point) => {
    const code = values[point]!;
    return code === missing || code < 0 ? undefined : toValue(code);
  };
}
