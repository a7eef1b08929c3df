import type { DuckDBConnection } from '@duckdb/node-api';
import { DomainError } from '@noema/kernel';
import type { Texts } from '../arrow/texts.js';
import { parameterType, toCell } from './cells.js';
import { openScratch, type Scratch } from './duckdb.js';
import { storeParquet, toTable } from './stored-parquet.js';
import { type Cell, type CellType, quoted, type Table } from './table.js';

/** Texts as positions among their distinct values in rising order [rows], −1 for none. */
export interface Codes {
  readonly values: Int32Array<ArrayBuffer>;
  readonly names: readonly string[];
}

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

/**
 * An open Parquet file. Single columns are read from the file, a few thousand rows at a time, so that other
 * work goes on; the first query loads the whole table into memory. Close it: it holds native memory.
 */
export class OpenTable {
  private source: string;
  private enums = 0;
  private loading: Promise<void> | undefined;
  private readonly reads = new Set<Promise<unknown>>();

  private constructor(
    private readonly scratch: Scratch,
    file: string,
    readonly rows: number,
    readonly columns: readonly { readonly name: string; readonly type: CellType }[],
  ) {
    this.source = file;
  }

  /** Opens Parquet bytes. Throws `data-loss` PARQUET_INVALID. */
  static async of(parquet: Uint8Array): Promise<OpenTable> {
    const scratch = await openScratch();
    try {
      const { columns, rows, path } = await storeParquet(scratch, 'table.parquet', parquet);
      return new OpenTable(scratch, `read_parquet(${path})`, rows, columns);
    } catch (error) {
      await scratch.close();
      throw error;
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
    await (this.loading ??= this.load());
    const reader = await this.scratch.using((connection) =>
      connection.runAndReadAll(text, [...params], params.map(parameterType)),
    );
    return toTable(reader);
  }

  /** float32 [rows], NaN where there is no finite number. */
  async numbers(column: string): Promise<Float32Array<ArrayBuffer>> {
    const values = new Float32Array(this.rows).fill(NaN);
    await this.each(`TRY_CAST(${quoted(column)} AS FLOAT)`, (cell, row) => {
      if (Number.isFinite(cell)) values[row] = cell as number;
    });
    return values;
  }

  async codes(column: string): Promise<Codes> {
    const [text, type] = [`CAST(${quoted(column)} AS VARCHAR)`, `codes_${this.enums++}`];
    const values = new Int32Array(this.rows).fill(-1);
    const known: string[] = [];
    let codes = new Int32Array();
    let names: readonly string[] = [];
    await this.read(async (source, connection) => {
      await connection.run(
        `CREATE TYPE ${type} AS ENUM (SELECT DISTINCT ${text} FROM ${source} WHERE ${quoted(column)} IS NOT
          NULL)`,
      );
      await stream(connection, `SELECT unnest(enum_range(NULL::${type}))::VARCHAR`, (cell) => {
        known.push(cell as string);
      });
      names = known.toSorted();
      const position = new Map(names.map((name, at) => [name, at]));
      codes = Int32Array.from(known, (name) => position.get(name)!);
      await stream(
        connection,
        `SELECT CAST(enum_code(${text}::${type}) AS INTEGER) FROM ${source}`,
        (cell, row) => {
          if (cell !== null) values[row] = codes[cell as number]!;
        },
      );
    });
    return { values, names };
  }

  /** Texts [rows], empty where there is none. */
  async texts(column: string): Promise<Texts> {
    const offsets = new Int32Array(this.rows + 1);
    let bytes = Buffer.alloc(Math.max(16 * this.rows, 64));
    await this.each(`CAST(${quoted(column)} AS VARCHAR)`, (cell, row) => {
      const [text, at] = [(cell ?? '') as string, offsets[row]!];
      // A character takes at most three bytes for each of its UTF-16 units.
      if (at + 3 * text.length > bytes.length)
        bytes = Buffer.concat([bytes], 2 * bytes.length + 3 * text.length);
      offsets[row + 1] = at + bytes.write(text, at);
    });
    return { offsets, bytes: bytes.subarray(0, offsets[this.rows]) };
  }

  /** Gives `take` every cell of a column in the order of the rows, until it returns false. */
  async cells(column: string, take: (cell: Cell, row: number) => boolean | void): Promise<void> {
    await this.each(quoted(column), take);
  }

  close(): Promise<void> {
    return this.scratch.close();
  }

  private each(expression: string, take: (cell: Cell, row: number) => boolean | void): Promise<void> {
    return this.read((source, connection) => stream(connection, `SELECT ${expression} FROM ${source}`, take));
  }

  private async read(work: (source: string, connection: DuckDBConnection) => Promise<void>): Promise<void> {
    // No wait where nothing loads: a load that begins next must see this read.
    if (this.loading !== undefined) await this.loading;
    const reading = this.scratch.using((connection) => work(this.source, connection));
    this.reads.add(reading);
    try {
      await reading;
    } finally {
      this.reads.delete(reading);
    }
  }

  /** Loads the table into memory and removes the file, when nothing reads the file any more. */
  private async load(): Promise<void> {
    await Promise.allSettled(this.reads);
    await this.scratch.using((connection) =>
      connection.run(`CREATE TABLE t AS SELECT * FROM ${this.source}`),
    );
    this.source = 't';
    await this.scratch.sealFiles();
  }
}

async function stream(
  connection: DuckDBConnection,
  sql: string,
  take: (cell: Cell, row: number) => boolean | void,
): Promise<void> {
  const result = await connection.stream(sql);
  let row = 0;
  for (
    let chunk = await result.fetchChunk();
    chunk !== null && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    const vector = chunk.getColumnVector(0);
    const length = chunk.rowCount;
    for (let i = 0; i < length; i++) if (take(toCell(vector.getItem(i)), row++) === false) return;
  }
}

const count = (value: number | undefined, fallback: number): number => {
  const n = value ?? fallback;
  if (!Number.isSafeInteger(n) || n < 0)
    throw new DomainError('invalid', 'LIMIT_INVALID', `${n} is no whole number of rows`);
  return n;
};
