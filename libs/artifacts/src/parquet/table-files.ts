import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openScratch, type Scratch } from './duckdb.js';
import { quotePath, type TableFile, storeParquet, toTable } from './stored-parquet.js';
import type { Table } from './table.js';

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
  add(parquet: Uint8Array): Promise<TableFile> {
    return storeParquet(this.scratch, `part-${this.count++}.parquet`, parquet);
  }

  /** Runs a SELECT over the files. */
  async query(sql: string): Promise<Table> {
    return toTable(await this.scratch.connection.runAndReadAll(sql));
  }

  /** Returns the rows of a SELECT, in its order, as Parquet bytes (zstd). */
  async write(sql: string): Promise<Uint8Array> {
    const path = join(this.scratch.directory, 'table.parquet');
    await this.scratch.connection.run(
      `COPY (${sql}) TO ${quotePath(path)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    return new Uint8Array(await readFile(path));
  }

  close(): Promise<void> {
    return this.scratch.close();
  }
}
