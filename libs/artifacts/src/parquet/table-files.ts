import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '@noema/kernel';
import { cellTypeOf, toCell } from './cells.js';
import { openScratch, type Scratch } from './duckdb.js';
import type { CellType, Table } from './table.js';

/** A Parquet file among `TableFiles`. */
export interface TableFile {
  readonly columns: readonly { readonly name: string; readonly type: CellType }[];
  readonly rows: number;
  /** Its path as an SQL text, for `read_parquet([…])`. */
  readonly path: string;
}

/**
 * Parquet files on disk that are queried together and stream into another one, without any of them in memory.
 * Close it.
 */
export class TableFiles {
  private count = 0;

  private constructor(private readonly scratch: Scratch) {}

  static async open(): Promise<TableFiles> {
    return new TableFiles(await openScratch());
  }

  /** Adds a file. Throws `data-loss` PARQUET_INVALID. */
  async add(parquet: Uint8Array): Promise<TableFile> {
    const file = join(this.scratch.directory, `part-${this.count++}.parquet`);
    await writeFile(file, parquet);
    const path = `'${file.replaceAll("'", "''")}'`;
    try {
      const reader = await this.scratch.connection.runAndReadAll(
        `SELECT * FROM read_parquet(${path}) LIMIT 0`,
      );
      const columns = reader
        .deduplicatedColumnNames()
        .map((name, i) => ({ name, type: cellTypeOf(name, reader.columnType(i)) }));
      const count = await this.scratch.connection.runAndReadAll(`SELECT count(*) FROM read_parquet(${path})`);
      return { columns, rows: Number(count.getColumns()[0]![0]), path };
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

  /** Runs a SELECT over the files. */
  async query(sql: string): Promise<Table> {
    const reader = await this.scratch.connection.runAndReadAll(sql);
    const columns = reader.getColumns();
    return {
      rows: reader.currentRowCount,
      columns: reader.deduplicatedColumnNames().map((name, i) => ({
        name,
        type: cellTypeOf(name, reader.columnType(i)),
        values: columns[i]!.map(toCell),
      })),
    };
  }

  /** Returns the rows of a SELECT, in its order, as Parquet bytes (zstd). */
  async write(sql: string): Promise<Uint8Array> {
    const path = join(this.scratch.directory, 'table.parquet');
    await this.scratch.connection.run(
      `COPY (${sql}) TO '${path.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`,
    );
    return new Uint8Array(await readFile(path));
  }

  close(): Promise<void> {
    return this.scratch.close();
  }
}
