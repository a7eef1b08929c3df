import { quoted, type TableFile, TableFiles } from '@noema/artifacts';
import { DomainError, metadataWithoutValues } from '@noema/kernel';
import { metadataName, SAMPLE_COLUMNS as COLUMNS } from '../rules/index.js';
import type { MetadataType } from './sample-rows.js';

/** Facts about the values of a metadata column over all samples. */
export interface ColumnSummary {
  readonly name: string;
  readonly type: MetadataType;
  /** Number of distinct values. */
  readonly distinct: number;
  /** Number of samples without a value. */
  readonly missing: number;
  /** The distinct texts, sorted, where there are at most 100. */
  readonly values: readonly string[];
  /** Range of numbers. */
  readonly min?: number;
  readonly max?: number;
}

/** The table of all samples as Parquet bytes, and its metadata columns. */
export interface JoinedTable {
  readonly table: Uint8Array;
  readonly columns: readonly ColumnSummary[];
}

const MAX_VALUES = 100;
const SQL_TYPES = { number: 'DOUBLE', string: 'VARCHAR', boolean: 'BOOLEAN' } as const;
const TYPES: Readonly<Record<string, MetadataType>> = {
  float64: 'number',
  string: 'string',
  boolean: 'boolean',
};

/**
 * Makes the sample table of a dataset version from the samples of its shards (`writeSampleShard`), in the order
 * in which they are added. The rows stay on disk, so that memory does not grow with their number. Close it.
 */
export class SampleJoin {
  private readonly shards: TableFile[] = [];
  /** Type by the name of a metadata column; `undefined` as long as no value is known. */
  private readonly types = new Map<string, MetadataType | undefined>();

  private constructor(private readonly files: TableFiles) {}

  static async open(): Promise<SampleJoin> {
    return new SampleJoin(await TableFiles.open());
  }

  /**
   * Adds the samples of the next shard. Throws `invalid` METADATA_TYPE_CHANGED when a column has another type than
   * in a shard before, `data-loss` PARQUET_INVALID.
   */
  async add(parquet: Uint8Array): Promise<void> {
    const shard = await this.files.add(parquet);
    const metadata = shard.columns.flatMap(({ name: column, type }) => {
      const name = metadataName(column);
      return name === undefined ? [] : [{ name, column, type: TYPES[type]! }];
    });
    const known = await this.count(
      `read_parquet(${shard.path})`,
      metadata.map(({ column }) => `count(${quoted(column)})`),
    );
    for (const [i, { name, type: found }] of metadata.entries()) {
      const type = known[i]! > 0 ? found : undefined;
      const before = this.types.get(name);
      if (before !== undefined && type !== undefined && before !== type)
        throw new DomainError(
          'invalid',
          'METADATA_TYPE_CHANGED',
          `metadata "${name}" is a ${before} for some samples and a ${type} for others; a column has one type`,
          { metadata: { handler: name, role: 'metadata' } },
        );
      this.types.set(name, before ?? type);
    }
    this.shards.push(shard);
  }

  /**
   * Returns the table of all samples, as `writeSampleTable` writes it, and what its metadata are like; a column
   * without a value for any sample is left out. Throws `invalid` METADATA_EMPTY when a handler gave no value.
   */
  async finish(facts: {
    readonly classNames: readonly string[];
    readonly shardSize: number;
  }): Promise<JoinedTable> {
    const rows = this.shards.reduce((sum, shard) => sum + shard.rows, 0);
    const [empty] = metadataWithoutValues(
      [...this.types].map(([name, type]) => ({ name, hasValues: type !== undefined })),
      rows,
    );
    if (empty !== undefined) throw empty;
    const columns = [...this.types].flatMap(([name, type]) => (type === undefined ? [] : [{ name, type }]));
    const samples = this.union(columns);
    const summaries: ColumnSummary[] = [];
    for (const column of columns) summaries.push(await this.summarize(samples, column));
    return { columns: summaries, table: await this.files.write(selectTable(samples, columns, facts)) };
  }

  close(): Promise<void> {
    return this.files.close();
  }

  /** All samples; shards that follow one another and have the same columns are read together. */
  private union(columns: readonly Column[]): string {
    const groups: { readonly form: string; readonly paths: string[] }[] = [];
    for (const { columns: own, path } of this.shards) {
      const types = new Map(own.map(({ name, type }) => [name, TYPES[type]]));
      const metadata = columns.map(({ name, type }) => {
        const column = quoted(`metadata.${name}`);
        return types.get(`metadata.${name}`) === type
          ? column
          : `CAST(NULL AS ${SQL_TYPES[type]}) AS ${column}`;
      });
      const form = [COLUMNS.split, COLUMNS.sampleId, COLUMNS.classIndex, ...metadata].join(', ');
      const last = groups.at(-1);
      if (last?.form === form) last.paths.push(path);
      else groups.push({ form, paths: [path] });
    }
    return groups
      .map(({ form, paths }) => `SELECT ${form} FROM read_parquet([${paths.join(', ')}])`)
      .join(' UNION ALL ');
  }

  private async summarize(samples: string, { name, type }: Column): Promise<ColumnSummary> {
    const column = quoted(`metadata.${name}`);
    const [rows = 0, known = 0, distinct = 0, min, max] = await this.count(`(${samples})`, [
      'count(*)',
      `count(${column})`,
      `count(DISTINCT ${column})`,
      ...(type === 'number' ? [`min(${column})`, `max(${column})`] : []),
    ]);
    const values =
      type === 'string' && distinct <= MAX_VALUES
        ? (await this.files.query(`SELECT DISTINCT ${column} FROM (${samples}) WHERE ${column} IS NOT NULL`))
            .columns[0]!.values
        : [];
    return {
      name,
      type,
      distinct,
      missing: rows - known,
      values: Array.from(values, String).sort(),
      ...(min === undefined || max === undefined ? {} : { min, max }),
    };
  }

  private async count(relation: string, expressions: readonly string[]): Promise<number[]> {
    if (expressions.length === 0) return [];
    const { columns } = await this.files.query(`SELECT ${expressions.join(', ')} FROM ${relation}`);
    return columns.map(({ values }) => Number(values[0]));
  }
}

interface Column {
  readonly name: string;
  readonly type: MetadataType;
}

function selectTable(
  samples: string,
  columns: readonly Column[],
  { classNames, shardSize }: { readonly classNames: readonly string[]; readonly shardSize: number },
): string {
  const names = classNames.map((name) => `'${name.replaceAll("'", "''")}'`).join(', ');
  return `SELECT CAST(n AS INTEGER) AS ${COLUMNS.row}, CAST(n // ${shardSize} AS INTEGER) AS ${COLUMNS.shard},
      ${COLUMNS.split}, ${COLUMNS.sampleId}, ${COLUMNS.classIndex},
      ${classNames.length === 0 ? "''" : `coalesce(list_extract([${names}], ${COLUMNS.classIndex} + 1), '')`}
        AS ${COLUMNS.className}
      ${columns.map(({ name }) => `, ${quoted(`metadata.${name}`)}`).join('')}
    FROM (SELECT *, row_number() OVER () - 1 AS n FROM (${samples}))`;
}
