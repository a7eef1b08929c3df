import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '@noema/kernel';
import type { Texts } from '../arrow/texts.js';
import { cellTypeOf } from './cells.js';
import { openScratch, type Scratch } from './duckdb.js';
import { type Cell, type CellType, quoted } from './table.js';

/** Texts as indexes into their sorted distinct values, [rows]; −1 for no value. */
export interface Codes {
  readonly values: Int32Array<ArrayBuffer>;
  readonly names: readonly string[];
}

/**
 * Reads single columns of a Parquet file as typed arrays. Reads only the requested columns, a few thousand
 * rows at a time, so that other work runs in between. Close it after use.
 */
export class ColumnFile {
  private enums = 0;

  private constructor(
    private readonly scratch: Scratch,
    private readonly source: string,
    readonly rows: number,
    readonly columns: readonly { readonly name: string; readonly type: CellType }[],
  ) {}

  /** Opens Parquet bytes. Throws `data-loss` PARQUET_INVALID. */
  static async of(parquet: Uint8Array): Promise<ColumnFile> {
    const scratch = await openScratch();
    try {
      const path = join(scratch.directory, 'table.parquet');
      await writeFile(path, parquet);
      const source = `read_parquet('${path.replaceAll("'", "''")}')`;
      const reader = await scratch.connection.runAndReadAll(`SELECT * FROM ${source} LIMIT 0`);
      const columns = reader
        .deduplicatedColumnNames()
        .map((name, i) => ({ name, type: cellTypeOf(name, reader.columnType(i)) }));
      const count = await scratch.connection.runAndReadAll(`SELECT count(*) FROM ${source}`);
      return new ColumnFile(scratch, source, Number(count.getColumns()[0]![0]), columns);
    } catch (error) {
      await scratch.close();
      if (error instanceof DomainError) throw error;
      throw new DomainError(
        'data-loss',
        'PARQUET_INVALID',
        `${parquet.length} bytes are no Parquet file that DuckDB reads: ${String(error)}`,
        { cause: error },
      );
    }
  }

  /** Returns float32 [rows], NaN for missing and non-finite numbers. */
  async numbers(column: string): Promise<Float32Array<ArrayBuffer>> {
    const values = new Float32Array(this.rows).fill(NaN);
    await this.each(`TRY_CAST(${quoted(column)} AS FLOAT)`, (cell, row) => {
      if (Number.isFinite(cell)) values[row] = cell as number;
    });
    return values;
  }

  async codes(column: string): Promise<Codes> {
    const [text, type] = [`CAST(${quoted(column)} AS VARCHAR)`, `codes_${this.enums++}`];
    await this.scratch.connection.run(
      `CREATE TYPE ${type} AS ENUM (SELECT DISTINCT ${text} FROM ${this.source} WHERE ${quoted(column)} IS NOT
        NULL)`,
    );
    const known: string[] = [];
    await this.read(`SELECT unnest(enum_range(NULL::${type}))::VARCHAR`, (cell) => {
      known.push(cell as string);
    });
    const names = known.toSorted();
    const position = new Map(names.map((name, at) => [name, at]));
    const codes = Int32Array.from(known, (name) => position.get(name)!);
    const values = new Int32Array(this.rows).fill(-1);
    await this.each(`CAST(enum_code(${text}::${type}) AS INTEGER)`, (cell, row) => {
      if (cell !== null) values[row] = codes[cell as number]!;
    });
    return { values, names };
  }

  /** Returns texts [rows], empty for missing values. */
  async texts(column: string): Promise<Texts> {
    const offsets = new Int32Array(this.rows + 1);
    let bytes = Buffer.alloc(Math.max(16 * this.rows, 64));
    await this.each(`CAST(${quoted(column)} AS VARCHAR)`, (cell, row) => {
      const [text, at] = [(cell ?? '') as string, offsets[row]!];
      // A UTF-16 unit takes at most three bytes in UTF-8.
      if (at + 3 * text.length > bytes.length)
        bytes = Buffer.concat([bytes], 2 * bytes.length + 3 * text.length);
      offsets[row + 1] = at + bytes.write(text, at);
    });
    return { offsets, bytes: bytes.subarray(0, offsets[this.rows]) };
  }

  close(): Promise<void> {
    return this.scratch.close();
  }

  private each(expression: string, take: (cell: Cell, row: number) => void): Promise<void> {
    return this.read(`SELECT ${expression} FROM ${this.source}`, take);
  }

  private async read(sql: string, take: (cell: Cell, row: number) => void): Promise<void> {
    const result = await this.scratch.connection.stream(sql);
    let row = 0;
    for (
      let chunk = await result.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      const vector = chunk.getColumnVector(0);
      const length = chunk.rowCount;
      for (let i = 0; i < length; i++) take(vector.getItem(i) as Cell, row++);
    }
  }
}
