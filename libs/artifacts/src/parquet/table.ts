import { DomainError } from '@noema/kernel';

export type CellType = 'string' | 'int32' | 'int64' | 'float32' | 'float64' | 'boolean';
export type Cell = string | number | boolean | null;

/** One column of a per-sample table. int64 holds integers up to 2^53. */
export interface TableColumn {
  readonly name: string;
  readonly type: CellType;
  readonly values: ArrayLike<Cell>;
}

/** Columns of equal length. */
export interface Table {
  readonly rows: number;
  readonly columns: readonly TableColumn[];
}

/** Quotes a name as an SQL identifier. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Throws `invalid` TABLE_INVALID if there is no column, lengths differ or a name occurs twice. */
export function checkTable(columns: readonly TableColumn[]): number {
  const fail = (why: string): DomainError =>
    new DomainError('invalid', 'TABLE_INVALID', `the table cannot be written: ${why}`);
  const rows = columns[0]?.values.length;
  if (rows === undefined) throw fail('it has no column');
  const names = new Set<string>();
  for (const { name, values } of columns) {
    if (values.length !== rows)
      throw fail(`column "${name}" has ${values.length} rows, "${columns[0]!.name}" has ${rows}`);
    if (names.has(name.toLowerCase()))
      throw fail(`column "${name}" occurs twice (names are compared without case)`);
    names.add(name.toLowerCase());
  }
  return rows;
}
