import type { EnumType, FieldReader, FieldType } from '@noema/kernel';
import { DomainError } from '@noema/kernel/domain-error';
import { fieldUnknown } from '../grammar/grammar.errors.js';

/** The values of a field for all rows of a population. */
export type Column =
  /** NaN for a row without a value. */
  | { readonly kind: 'number'; readonly values: Float32Array | Float64Array }
  /** 1, 0, or 255 for a row without a value. */
  | { readonly kind: 'boolean'; readonly values: Uint8Array }
  /** Positions in `names`, −1 for a row without a value. */
  | {
      readonly kind: 'text';
      readonly codes: Int32Array;
      readonly names: readonly string[];
      readonly enum?: EnumType;
    };

/** The value of a boolean column that is not known. */
export const UNKNOWN = 255;

/** One version of a model, evaluated on the rows of a population. */
export interface Frame {
  /** Name of the version, `current` or `previous`. */
  readonly version: string;
  readonly run: string;
  readonly epoch: number;
  readonly rows: number;
  readonly columns: ReadonlyMap<string, Column>;
}

/** Fields that are the same for all rows of a frame. */
export const FRAME_FIELDS = ['version', 'run', 'epoch'] as const;
/** Short names of fields. */
const ALIASES: Readonly<Record<string, string>> = { truth: 'true_class', predicted: 'predicted_class' };

export const columnName = (field: string, columns: ReadonlyMap<string, Column>): string =>
  columns.has(field) ? field : (ALIASES[field] ?? field);

/** Returns a column by its name or short name. Throws `invalid` FIELD_UNKNOWN with the known names. */
export function findColumn({ columns }: Pick<Frame, 'columns'>, field: string): Column {
  const column = columns.get(columnName(field, columns));
  if (column !== undefined) return column;
  const aliases = Object.keys(ALIASES).filter((alias) => columns.has(ALIASES[alias]!));
  throw fieldUnknown(field, [...columns.keys(), ...FRAME_FIELDS, ...aliases]);
}

/** Types of the columns, as filters know them. */
export const filterFields = ({ columns }: Pick<Frame, 'columns'>): ReadonlyMap<string, FieldType> =>
  new Map(
    Array.from(columns, ([name, column]): [string, FieldType] => [
      name,
      column.kind === 'text' ? (column.enum ?? 'string') : column.kind,
    ]),
  );

/** Reads a column for filters. */
export function fieldReader(column: Column): FieldReader {
  switch (column.kind) {
    case 'number':
      return (row) => column.values[row];
    case 'boolean':
      return (row) => (column.values[row] === UNKNOWN ? undefined : column.values[row] === 1);
    case 'text':
      return (row) => column.names[column.codes[row]!];
  }
}

/** A field as numbers: `values` [rows] with NaN for a row without one; a boolean is 1 or 0. */
export interface NumericField {
  readonly values: Float32Array | Float64Array;
  readonly isBoolean: boolean;
}

/** Returns a column as numbers. Throws `invalid` FIELD_UNKNOWN, FIELD_NOT_NUMERIC. */
export function numericField(frame: Frame, field: string): NumericField {
  const column = findColumn(frame, field);
  switch (column.kind) {
    case 'number':
      return { values: column.values, isBoolean: false };
    case 'boolean':
      return {
        values: Float32Array.from(column.values, (value) => (value === UNKNOWN ? NaN : value)),
        isBoolean: true,
      };
    case 'text':
      throw new DomainError(
        'invalid',
        'FIELD_NOT_NUMERIC',
        `"${field}" is a text and has no mean; count its values, or use it as a group`,
        { metadata: { field } },
      );
  }
}
