import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBDataChunk } from '@duckdb/node-api';
import { DUCKDB_TYPES, toDuckDB } from './cells.js';
import { openScratch } from './duckdb.js';
import { checkTable, quoted, type TableColumn } from './table.js';

const CHUNK_ROWS = 2048;

/**
 * Returns the columns as Parquet bytes (zstd), in their order. The same input gives the same bytes. Throws
 * `invalid` TABLE_INVALID.
 */
export async function writeTable(columns: readonly TableColumn[]): Promise<Uint8Array> {
  const rows = checkTable(columns);
  const scratch = await openScratch();
  try {
    const { connection } = scratch;
    await connection.run(
      `CREATE TABLE t
        (${columns.map((c) => `${quoted(c.name)} ${DUCKDB_TYPES[c.type].toString()}`).join(', ')})`,
    );
    const appender = await connection.createAppender('t');
    for (let from = 0; from < rows; from += CHUNK_ROWS) {
      const length = Math.min(CHUNK_ROWS, rows - from);
      const chunk = DuckDBDataChunk.create(
        columns.map((c) => DUCKDB_TYPES[c.type]),
        length,
      );
      chunk.setColumns(
        columns.map((c) => Array.from({ length }, (_, i) => toDuckDB(c.type, c.values[from + i]!))),
      );
      appender.appendDataChunk(chunk);
      await new Promise(setImmediate);
    }
    appender.closeSync();
    const path = join(scratch.directory, 'table.parquet');
    await connection.run(
      `COPY (SELECT * FROM t ORDER BY rowid) TO '${path.replaceAll("'", "''")}' (FORMAT parquet, ` +
        'COMPRESSION zstd)',
    );
    return new Uint8Array(await readFile(path));
  } finally {
    await scratch.close();
  }
}
