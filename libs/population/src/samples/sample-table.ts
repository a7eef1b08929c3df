import {
  type Cell,
  type CellType,
  type Codes,
  OpenTable,
  quoted,
  type Table,
  type Texts,
} from '@noema/artifacts';
import {
  DomainError,
  type FieldReader,
  type FieldType,
  Filter,
  labelAlias,
  type OrderBy,
  type SampleAddress,
  SPLIT_FIELD,
  type SplitName,
} from '@noema/kernel';
import { metadataName, SAMPLE_COLUMNS as COLUMNS } from '../rules/index.js';
import { parseBits } from './row-mask.js';
import { SampleIndex } from './sample-index.js';
import type { MetadataType } from './sample-rows.js';

/** One row of a sample table. */
export interface SampleRecord extends SampleAddress {
  readonly row: number;
  /** Class of the ground truth; −1 without one. */
  readonly classIndex: number;
  readonly className: string;
  /** By name, without what is not known. */
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
}

/** A column of a sample table; `field` is its name in filters. */
export interface SampleColumn {
  readonly field: string;
  readonly type: MetadataType;
  /** The name of the metadata that the column holds; undefined for a column of the table's own. */
  readonly metadata: string | undefined;
}

export interface SampleQuery {
  readonly filter: Filter;
  /** By row when left out. */
  readonly order?: OrderBy | undefined;
  /** Only these rows; empty for all. */
  readonly rows?: readonly number[];
  readonly offset?: number;
  readonly limit?: number;
}

const TYPES: Readonly<Record<CellType, MetadataType>> = {
  string: 'string',
  int32: 'number',
  int64: 'number',
  float32: 'number',
  float64: 'number',
  boolean: 'boolean',
};

/** The table of all samples of a dataset version, as `writeSampleTable` writes it. Close it. */
export class SampleTable {
  /** In the order of the file. */
  readonly columns: readonly SampleColumn[];
  /** The fields that a filter may name. */
  readonly fields: ReadonlyMap<string, FieldType>;

  private constructor(private readonly table: OpenTable) {
    this.columns = table.columns.map(({ name, type }) => ({
      field: name,
      type: TYPES[type],
      metadata: metadataName(name),
    }));
    this.fields = new Map(
      this.columns.map(({ field, type }) => [field, field === COLUMNS.split ? SPLIT_FIELD : type]),
    );
  }

  /** Opens the bytes of a sample table. Throws `data-loss` PARQUET_INVALID. */
  static async open(parquet: Uint8Array): Promise<SampleTable> {
    return new SampleTable(await OpenTable.of(parquet));
  }

  get rows(): number {
    return this.table.rows;
  }

  /** Throws `invalid` FILTER_INVALID, FILTER_TOO_MANY_CONDITIONS. */
  parseFilter(text: string): Filter {
    return Filter.of(text, this.fields, labelAlias(this.fields));
  }

  /** A mask of the rows that meet the filter: one bit a row, the lowest bit first. */
  async matching(filter: Filter): Promise<Uint8Array> {
    if (this.rows === 0) return new Uint8Array(0);
    const { sql, params } = filter.toSql(sampleExpression);
    const { columns } = await this.table.sql(
      `SELECT bitstring_agg(${quoted(COLUMNS.row)}, 0, ${this.rows - 1})::VARCHAR FROM t WHERE ${sql}`,
      params as Cell[],
    );
    return parseBits(String(columns[0]!.values[0] ?? ''), this.rows);
  }

  /** One page of the samples that meet the filter, and how many do. */
  async query({ filter, order, rows = [], offset, limit }: SampleQuery): Promise<{
    samples: SampleRecord[];
    total: number;
  }> {
    const condition = filter.toSql(sampleExpression);
    const params = condition.params as Cell[];
    const row = quoted(COLUMNS.row);
    const where =
      rows.length === 0 ? condition.sql : `${condition.sql} AND ${row} IN (${rows.map(Number).join(', ')})`;
    const orderBy =
      order === undefined
        ? row
        : `${sampleExpression(order.field)} ${order.descending ? 'DESC NULLS LAST' : 'ASC NULLS FIRST'}, ${row}`;
    const total = await this.table.count(where, params);
    const page = await this.table.query({
      where,
      params,
      orderBy,
      ...(limit !== undefined && { limit }),
      ...(offset !== undefined && { offset }),
    });
    return { total, samples: toRecords(page) };
  }

  /** The sample with the address; undefined when the table does not have it. */
  async find({ split, sampleId }: SampleAddress): Promise<SampleRecord | undefined> {
    const where = `${quoted(COLUMNS.split)} = $1 AND ${quoted(COLUMNS.sampleId)} = $2`;
    return toRecords(await this.table.query({ where, params: [split, sampleId], limit: 1 }))[0];
  }

  /** Any single SELECT over the table `t`; name columns by `sampleExpression`. */
  sql(text: string, params: readonly Cell[] = []): Promise<Table> {
    return this.table.sql(text, params);
  }

  /** Throws `unsupported` SPLIT_UNKNOWN for a split that this program does not know. */
  async index(): Promise<SampleIndex> {
    const [split, id] = [await this.table.codes(COLUMNS.split), await this.table.texts(COLUMNS.sampleId)];
    for (const name of split.names) checkSplit(name);
    const decoder = new TextDecoder();
    return new SampleIndex(
      Array.from(split.values, (code) => split.names[code] as SplitName),
      Array.from(split.values, (_, row) =>
        decoder.decode(id.bytes.subarray(id.offsets[row], id.offsets[row + 1])),
      ),
    );
  }

  /** The readers of some fields, for filters in memory. */
  async readers(fields: readonly string[]): Promise<ReadonlyMap<string, FieldReader>> {
    const readers = new Map<string, FieldReader>();
    for (const field of fields) {
      const values: Cell[] = [];
      await this.table.cells(field, (cell) => {
        values.push(cell);
      });
      // A sample without a class has an empty name there.
      readers.set(
        field,
        field === COLUMNS.className ? (row) => values[row] || undefined : (row) => values[row],
      );
    }
    return readers;
  }

  /** float32 [rows], NaN where there is no finite number. */
  numbers(field: string): Promise<Float32Array<ArrayBuffer>> {
    return this.table.numbers(field);
  }

  /** Positions among the distinct values in rising order [rows], −1 for none. */
  codes(field: string): Promise<Codes> {
    return this.table.codes(field);
  }

  /** Texts [rows], empty where there is none. */
  texts(field: string): Promise<Texts> {
    return this.table.texts(field);
  }

  /** Gives `take` every cell of a column in the order of the rows, until it returns false. */
  cells(field: string, take: (cell: Cell, row: number) => boolean | void): Promise<void> {
    return this.table.cells(field, take);
  }

  close(): Promise<void> {
    return this.table.close();
  }
}

/** A field of samples as SQL over the table `t`: a sample without a class has an empty class name there. */
export const sampleExpression = (field: string): string =>
  field === COLUMNS.className ? `nullif(${quoted(field)}, '')` : quoted(field);

function checkSplit(name: string): void {
  if (SPLIT_FIELD.values.includes(name)) return;
  throw new DomainError(
    'unsupported',
    'SPLIT_UNKNOWN',
    `the sample table has the split "${name}", which this service does not know; run the same version of all ` +
      'services',
    { metadata: { split: name } },
  );
}

function toRecords({ rows, columns }: Table): SampleRecord[] {
  const values = (name: string) => columns.find((column) => column.name === name)!.values;
  const [row, split, sampleId, classIndex, className] = [
    values(COLUMNS.row),
    values(COLUMNS.split),
    values(COLUMNS.sampleId),
    values(COLUMNS.classIndex),
    values(COLUMNS.className),
  ];
  const metadata = columns.flatMap((column) => {
    const name = metadataName(column.name);
    return name === undefined ? [] : [{ name, cells: column.values }];
  });
  return Array.from({ length: rows }, (_, i) => ({
    row: Number(row[i]),
    split: split[i] as SplitName,
    sampleId: String(sampleId[i]),
    classIndex: Number(classIndex[i]),
    className: String(className[i]),
    metadata: Object.fromEntries(
      metadata.flatMap(({ name, cells }) => {
        const value = cells[i] ?? null;
        return value === null ? [] : [[name, value]];
      }),
    ),
  }));
}
