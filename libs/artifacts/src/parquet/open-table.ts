import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '@noema/kernel';
import { cellTypeOf, parameterType, toCell } from './cells.js';
import { openScratch, type Scratch } from './duckdb.js';
import { type Cell, quoted, type Table } from './table.js';

/**
 * A query of a table. `where` and `orderBy` are SQL over its columns; values appear only as `$1`, `$2`, … of
 * `params`.
 */
export interface TableQuery {
  readonly columns?: readonly string[];
  readonly where?: string;
  readonly params?: readonly Cell[];
  readonly orderBy?: string;
  readonly limit?: number;
  readonly offset?: number;
}

/** A Parquet file held in memory for many queries. Close it, because it holds native memory. */
export class OpenTable {
  private constructor(private readonly scratch: Scratch) {}

  /** Loads Parquet bytes. Throws `data-loss` PARQUET_INVALID. */
  static async of(parquet: Uint8Array): Promise<OpenTable> {
    const scratch = await openScratch();
    try {
      const path = join(scratch.directory, 'table.parquet');
      await writeFile(path, parquet);
      await scratch.connection.run(
        `CREATE TABLE t AS SELECT * FROM read_parquet('${path.replaceAll("'", "''")}')`,
      );
      await scratch.sealFiles();
      return new OpenTable(scratch);
    } catch (error) {
      await scratch.close();
      throw new DomainError(
        'data-loss',
        'PARQUET_INVALID',
        `${parquet.length} bytes are no Parquet file that DuckDB reads: ${String(error)}`,
        { cause: error },
      );
    }
  }

  /** Returns the matching rows. Default order: the order of the file. */
  async query(query: TableQuery = {}): Promise<Table> {
    const select = query.columns === undefined ? '*' : query.columns.map(quoted).join(', ');
    return this.sql(
      `SELECT ${select} FROM t WHERE ${query.where ?? 'true'} ORDER BY ${query.orderBy ?? 'rowid'} LIMIT
        ${count(query.limit, 2 ** 53 - 1)} OFFSET ${count(query.offset, 0)}`,
      query.params,
    );
  }

  /** Returns the number of matching rows. */
  async count(where = 'true', params: readonly Cell[] = []): Promise<number> {
    return Number((await this.sql(`SELECT count(*) FROM t WHERE ${where}`, params)).columns[0]!.values[0]);
  }

  /** Runs any single SELECT over the table `t`. The database can access no file and no network. */
  async sql(text: string, params: readonly Cell[] = []): Promise<Table> {
    const reader = await this.scratch.using((connection) =>
      connection.runAndReadAll(text, [...params], params.map(parameterType)),
    );
    const values = reader.getColumns();
    const columns = reader.deduplicatedColumnNames().map((name, i) => ({
      name,
      type: cellTypeOf(name, reader.columnType(i)),
      values: (values[i] ?? []).map(toCell),
    }));
    return { rows: reader.currentRowCount, columns };
  }

  close(): Promise<void> {
    return this.scratch.close();
  }
}

const count = (value: number | undefined, fallback: number): number => {
  const n = value ?? fallback;
  if (!Number.isSafeInteger(n) || n < 0)
    throw new DomainError('invalid', 'LIMIT_INVALID', `${n} is no whole number of rows`);
  return n;
};
