import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBDataChunk } from '@duckdb/node-api';
import { DUCKDB_TYPES, toDuckDB } from './cells.js';
import type { Scratch } from './duckdb.js';
import { IdleScratch } from './idle-scratch.js';
import { checkTable, quoted, type TableColumn } from './table.js';

const CHUNK_ROWS = 2048;
const idle = new IdleScratch();

/**
 * Returns the columns as Parquet bytes (zstd), in their order. The same input gives the same bytes. Throws
 * `invalid` TABLE_INVALID.
 */
export async function writeTable(columns: readonly TableColumn[]): Promise<Uint8Array> {
  const rows = checkTable(columns);
  return idle.using((scratch) => write(scratch, columns, rows));
}

async function write(
  { connection, directory }: Scratch,
  columns: readonly TableColumn[],
  rows: number,
): Promise<Uint8Array> {
  await connection.run(
    `CREATE TABLE t
      (${columns.map((c) => `${quoted(c.name)} ${DUCKDB_TYPES[c.type].toString()}`).join(', ')})`,
  );
  const appender = await connection.createAppender('t');
  const types = columns.map((c) => DUCKDB_TYPES[c.type]);
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    const length = Math.min(CHUNK_ROWS, rows - from);
    const chunk = DuckDBDataChunk.create(types, length);
    chunk.setColumns(
      columns.map((c) => Array.from({ length }, (_, i) => toDuckDB(c.type, c.values[from + i]!))),
    );
    appender.appendDataChunk(chunk);
    await new Promise(setImmediate);
  }
  appender.closeSync();
  const path = join(directory, 'table.parquet');
  // one thread, which keeps the order of the rows
  await connection.run(`COPY t TO '${path.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`);
  await connection.run('DROP TABLE t');
  const bytes = new Uint8Array(await readFile(path));
  await rm(path);
  return bytes;
}
