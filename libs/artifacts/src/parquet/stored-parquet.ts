import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBResultReader } from '@duckdb/node-api';
import { DomainError } from '@noema/kernel';
import { toCellType, toCell } from './cells.js';
import type { Scratch } from './duckdb.js';
import type { CellType, Table } from './table.js';

/** A Parquet file in the directory of a scratch database. */
export interface TableFile {
  readonly columns: readonly { readonly name: string; readonly type: CellType }[];
  readonly rows: number;
  /** Its path as an SQL text, for `read_parquet`. */
  readonly path: string;
}

/** Writes Parquet bytes to a file of the scratch directory. Throws `data-loss` PARQUET_INVALID. */
export async function storeParquet(
  { connection, directory }: Pick<Scratch, 'connection' | 'directory'>,
  name: string,
  parquet: Uint8Array,
): Promise<TableFile> {
  const file = join(directory, name);
  await writeFile(file, parquet);
  const path = quotePath(file);
  try {
    const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet(${path}) LIMIT 0`);
    const count = await connection.runAndReadAll(`SELECT count(*) FROM read_parquet(${path})`);
    return { columns: describeColumns(reader), rows: Number(count.getColumns()[0]![0]), path };
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new DomainError(
      'data-loss',
      'PARQUET_INVALID',
      `${parquet.length} bytes are no Parquet file that DuckDB reads: ${String(error)}`,
      { cause: error },
    );
  }
}

export const quotePath = (path: string): string => `'${path.replaceAll("'", "''")}'`;

/** The result of a query, read to its end. */
export function toTable(reader: DuckDBResultReader): Table {
  const values = reader.getColumns();
  return {
    rows: reader.currentRowCount,
    columns: describeColumns(reader).map((column, i) => ({
      ...column,
      values: (values[i] ?? []).map(toCell),
    })),
  };
}

const describeColumns = (reader: DuckDBResultReader): { name: string; type: CellType }[] =>
  reader.deduplicatedColumnNames().map((name, i) => ({ name, type: toCellType(name, reader.columnType(i)) }));
