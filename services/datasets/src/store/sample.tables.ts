import { type ArtifactStore, type Cell, OpenTable, quoted, type Table } from '@noema/artifacts';
import { type ArtifactRef, type Filter, LruCache, type SplitName } from '@noema/kernel';
import type { ColumnComparison, ComparedColumn } from '../domain/metadata-difference.js';
import type { MetadataValue, Sample } from '../domain/sample.js';
import type { SampleQuery, SampleTables } from '../domain/sample.ports.js';
import { compareColumn } from './metadata.comparison.js';
import { bitmapOf, bitsOf } from './row.bits.js';

const METADATA = 'metadata.';
/** A sample without a class has an empty name there. */
const columnOf = (field: string): string =>
  field === 'class_name' ? `nullif(${quoted(field)}, '')` : quoted(field);

/** Sample tables in DuckDB, the last used ones held open. */
export class OpenSampleTables implements SampleTables {
  private readonly tables: LruCache<OpenTable>;

  constructor(
    private readonly store: ArtifactStore,
    { open = 8 } = {},
  ) {
    this.tables = new LruCache(open, { close: (table) => table.close() });
  }

  async query(
    ref: ArtifactRef,
    { filter, order, rows, offset, limit }: SampleQuery,
  ): Promise<{ samples: Sample[]; total: number }> {
    const table = await this.open(ref);
    const { sql, params } = filter.toSql(columnOf);
    const where = rows.length === 0 ? sql : `${sql} AND "row" IN (${rows.map(Number).join(', ')})`;
    const orderBy =
      order === undefined
        ? '"row"'
        : `${columnOf(order.field)} ${order.descending ? 'DESC NULLS LAST' : 'ASC NULLS FIRST'}, "row"`;
    const total = await table.count(where, params as Cell[]);
    return {
      total,
      samples: samplesOf(await table.query({ where, params: params as Cell[], orderBy, limit, offset })),
    };
  }

  async find(ref: ArtifactRef, split: SplitName, sampleId: string): Promise<Sample | undefined> {
    const table = await this.open(ref);
    return samplesOf(
      await table.query({ where: '"split" = $1 AND "sample_id" = $2', params: [split, sampleId], limit: 1 }),
    )[0];
  }

  async bitmap(ref: ArtifactRef, filter: Filter, population: number): Promise<Uint8Array> {
    const table = await this.open(ref);
    const { sql, params } = filter.toSql(columnOf);
    const { columns } = await table.sql(
      `SELECT bitstring_agg("row", 0, ${population - 1})::VARCHAR FROM t WHERE ${sql}`,
      params as Cell[],
    );
    return bitmapOf(String(columns[0]!.values[0] ?? ''), population);
  }

  async compare(
    ref: ArtifactRef,
    column: ComparedColumn & { readonly field: string },
    { rows, population }: { readonly rows: Int32Array; readonly population: number },
  ): Promise<ColumnComparison> {
    return compareColumn(await this.open(ref), column, bitsOf(rows, population));
  }

  close(): Promise<void> {
    return this.tables.clear();
  }

  private open(ref: ArtifactRef): Promise<OpenTable> {
    return this.tables.get(ref.uri, async () => OpenTable.of(await this.store.get(ref)));
  }
}

function samplesOf({ rows, columns }: Table): Sample[] {
  const values = (name: string) => columns.find((c) => c.name === name)!.values;
  const [row, split, sampleId, classIndex, className] = [
    values('row'),
    values('split'),
    values('sample_id'),
    values('class_index'),
    values('class_name'),
  ];
  const metadata = columns.filter((c) => c.name.startsWith(METADATA));
  return Array.from({ length: rows }, (_, i) => ({
    row: Number(row[i]),
    split: split[i] as SplitName,
    sampleId: String(sampleId[i]),
    classIndex: Number(classIndex[i]),
    className: String(className[i]),
    metadata: Object.fromEntries(
      metadata
        .map((c): [string, MetadataValue] => [c.name.slice(METADATA.length), c.values[i] ?? null])
        .filter(([, value]) => value !== null),
    ),
  }));
}
