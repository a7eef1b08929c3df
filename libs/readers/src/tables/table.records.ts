import { tmpdir } from 'node:os';
import {
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBResult,
  type DuckDBType,
  DuckDBTypeId,
} from '@duckdb/node-api';
import { DomainError } from '@noema/kernel';
import { dataFault } from '../data-fault.js';
import { findSoundForm, isAudio, isPicture } from '../files/media.js';
import {
  type Cell,
  cellText,
  type Columns,
  type Field,
  type FieldProfile,
  MAX_DISTINCT,
  type Media,
  type Records,
  type Row,
} from '../records.js';
import { sortValues } from '../row-records.js';
import { findRaggedLine } from './delimited.js';
import { classNames, type Features, readFeatures } from './hugging-face.js';
import type { MediaPaths } from './media-paths.js';
import { findTagged, type ListColumn, type Tagged, tagField, toWord, wordField } from './tagged-lists.js';
import {
  isDelimited,
  isParquet,
  quoteName,
  quoteText,
  readExpression,
  type TableFile,
} from './table-source.js';

const EXAMPLES = 12;
const TEXT_FACTS =
  ", avg(length(v)) AS characters, max(length(v) - length(replace(v, ' ', '')) + 1) AS words";
/** Name of the column that says which of several files a record comes from. */
const SPLIT = 'split';

interface Column {
  readonly field: Field;
  /** SQL of its value, as a number, a text, a boolean, bytes or a list. */
  readonly sql: string;
}

/**
 * Records of one or several table files, read by DuckDB: CSV, TSV, JSON, JSON lines, Parquet. Rows keep the
 * order of the files; they are streamed, so that a table may be larger than memory.
 */
export class TableRecords implements Records {
  readonly fields: readonly Field[];
  private stream: DuckDBResult | undefined;
  /** The chunk of the records from `firstRow`. */
  private chunk: DuckDBDataChunk | undefined;
  private firstRow = 0;

  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    private readonly relation: string,
    private readonly parts: readonly Column[],
    readonly length: number,
  ) {
    this.fields = parts.map(({ field }) => field);
  }

  /**
   * Opens files of the same columns. Texts that name pictures or sounds of the tree, from its root, from the folder of
   * the table or by their names alone, are paths. Throws `invalid` TABLE_INVALID with file and line.
   */
  static async open(files: readonly TableFile[], media: MediaPaths): Promise<TableRecords> {
    const instance = await DuckDBInstance.create(':memory:', {
      threads: '1',
      memory_limit: '384MB',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      preserve_insertion_order: 'true',
      temp_directory: tmpdir(),
    });
    const connection = await instance.connect();
    try {
      const parts: string[] = [];
      for (const { path, split, folder } of files) {
        const { sql } = await readExpression(path);
        const named = await rootPaths(connection, sql, folder, media);
        const added = split === undefined ? '' : `, ${quoteText(split)} AS ${quoteName(SPLIT)}`;
        parts.push(`SELECT *${named}${added} FROM ${sql}`);
      }
      const relation = `(${parts.join(' UNION ALL BY NAME ')})`;
      const shape = await connection.run(`SELECT * FROM ${relation} LIMIT 0`);
      const columns = await describe(connection, relation, shape.columnNames(), shape.columnTypes(), {
        isFile: (text) => media.has(text),
        features: await readFileFeatures(connection, files),
      });
      const { rows } = await one<{ rows: bigint }>(connection, `SELECT count(*) AS rows FROM ${relation}`);
      return new TableRecords(instance, connection, relation, columns, Number(rows));
    } catch (error) {
      connection.closeSync();
      instance.closeSync();
      throw await tableInvalid(error, files);
    }
  }

  async row(index: number): Promise<Row> {
    if (index < 0 || index >= this.length)
      throw new RangeError(`record ${index} is not one of the ${this.length}`);
    const chunk = await this.chunkAt(index);
    return Object.fromEntries(
      this.fields.map((field, at) => [
        field.name,
        toCell(chunk.getColumnVector(at).getItem(index - this.firstRow), field),
      ]),
    );
  }

  async columns(names: readonly string[], indexes: Int32Array): Promise<Columns> {
    const wanted = names.map((name) => this.find(name));
    const cells = wanted.map((): Cell[] => []);
    for (let from = 0; from < indexes.length; ) {
      const chunk = await this.chunkAt(indexes[from]!);
      const end = this.firstRow + chunk.rowCount;
      let to = from;
      while (to < indexes.length && indexes[to]! < end) to++;
      for (const [i, at] of wanted.entries()) {
        const vector = chunk.getColumnVector(at);
        const field = this.fields[at]!;
        const into = cells[i]!;
        for (let n = from; n < to; n++) into.push(toCell(vector.getItem(indexes[n]! - this.firstRow), field));
      }
      from = to;
    }
    return new Map(names.map((name, i) => [name, cells[i]!]));
  }

  /** The chunk that has the record. Records are streamed: one before the last chunk starts the stream anew. */
  private async chunkAt(index: number): Promise<DuckDBDataChunk> {
    if (this.stream === undefined || index < this.firstRow) {
      const sql = `SELECT ${this.selected()} FROM ${this.relation} LIMIT ALL OFFSET ${index}`;
      this.stream = await this.connection.stream(sql);
      [this.firstRow, this.chunk] = [index, undefined];
    }
    while (this.chunk === undefined || index >= this.firstRow + this.chunk.rowCount) {
      this.firstRow += this.chunk?.rowCount ?? 0;
      const chunk = await this.stream.fetchChunk();
      if (chunk === null || chunk.rowCount === 0)
        throw new DomainError(
          'precondition',
          'DATA_CHANGED',
          `the table ends before record ${index}; it had ${this.length} records when it was opened`,
        );
      this.chunk = chunk;
    }
    return this.chunk;
  }

  private find(name: string): number {
    const at = this.fields.findIndex((field) => field.name === name);
    if (at === -1) throw new RangeError(`the table has no column ${name}`);
    return at;
  }

  async column(name: string): Promise<Cell[]> {
    const { sql, field } = this.parts[this.find(name)]!;
    const cells: Cell[] = [];
    const stream = await this.connection.stream(`SELECT ${sql} FROM ${this.relation}`);
    for (
      let chunk = await stream.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await stream.fetchChunk()
    )
      for (const value of chunk.getColumnValues(0)) cells.push(toCell(value, field));
    return cells;
  }

  async profile(): Promise<FieldProfile[]> {
    const examples: Row[] = [];
    const step = Math.max(1, Math.floor(this.length / EXAMPLES));
    const sample = await this.connection.runAndReadAll(
      `SELECT ${this.selected()}
        FROM (SELECT *, row_number() OVER () - 1 AS "·row" FROM ${this.relation})
        WHERE "·row" % ${step} = 0 LIMIT ${EXAMPLES}`,
    );
    for (const row of sample.getRows())
      examples.push(
        Object.fromEntries(this.parts.map(({ field }, at) => [field.name, toCell(row[at], field)])),
      );
    const profiles: FieldProfile[] = [];
    for (const { field, sql } of this.parts)
      profiles.push(
        await this.profileColumn(
          field,
          sql,
          examples.map((row) => row[field.name] ?? null),
        ),
      );
    return profiles;
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }

  private selected(): string {
    return this.parts.map(({ sql, field }) => `${sql} AS ${quoteName(field.name)}`).join(', ');
  }

  private async profileColumn(field: Field, sql: string, examples: readonly Cell[]): Promise<FieldProfile> {
    const scalar = field.kind !== 'picture' && field.kind !== 'audio' && field.kind !== 'numbers';
    const numeric = field.kind === 'number';
    const facts = await one<Record<string, bigint | number | null>>(
      this.connection,
      `SELECT count(*) FILTER (WHERE v IS NULL${numeric ? ' OR isnan(v)' : ''}) AS missing
        ${scalar ? ', approx_count_distinct(v) AS about' : ''}
        ${numeric ? ', min(v) FILTER (WHERE isfinite(v)) AS low, max(v) FILTER (WHERE isfinite(v)) AS high' : ''}
        ${field.kind === 'text' ? TEXT_FACTS : ''}
        ${field.kind === 'numbers' ? ', min(len(v)) AS fewest, max(len(v)) AS most' : ''}
       FROM (SELECT ${sql} AS v FROM ${this.relation})`,
    );
    const listed =
      scalar && Number(facts['about']) <= 2 * MAX_DISTINCT
        ? (
            await this.connection.runAndReadAll(
              `SELECT DISTINCT v FROM (SELECT ${sql} AS v FROM ${this.relation})
                WHERE v IS NOT NULL LIMIT ${MAX_DISTINCT + 1}`,
            )
          )
            .getRows()
            .map(([value]) => cellText(toCell(value, field)))
        : undefined;
    const values =
      listed !== undefined && listed.length <= MAX_DISTINCT ? sortValues(listed, field) : undefined;
    const number = (name: string): number | undefined =>
      facts[name] == null ? undefined : Number(facts[name]);
    return {
      field,
      missing: Number(facts['missing']),
      distinct: values?.length ?? listed?.length ?? Number(facts['about'] ?? 0),
      ...(values === undefined || values.length === 0 ? {} : { values }),
      ...defined({ min: number('low'), max: number('high') }),
      ...defined({ meanLength: number('characters'), maxWords: number('words') }),
      ...defined({ minSize: number('fewest'), maxSize: number('most') }),
      examples,
    };
  }
}

const defined = (facts: Readonly<Record<string, number | undefined>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(facts).filter((entry): entry is [string, number] => entry[1] !== undefined),
  );

async function one<T>(connection: DuckDBConnection, sql: string): Promise<T> {
  return (await connection.runAndReadAll(sql)).getRowObjects()[0] as T;
}

const WHOLE = new Set<DuckDBTypeId>([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.UHUGEINT,
]);
/** SQL that replaces the paths of a table by paths from the root of the tree; empty where none differs. */
async function rootPaths(
  connection: DuckDBConnection,
  sql: string,
  folder: string | undefined,
  media: MediaPaths,
): Promise<string> {
  if (media.isEmpty) return '';
  const shape = await connection.run(`SELECT * FROM ${sql} LIMIT 0`);
  const types = shape.columnTypes();
  const replaced: string[] = [];
  for (const [at, name] of shape.columnNames().entries()) {
    if (types[at]!.typeId !== DuckDBTypeId.VARCHAR) continue;
    const column = quoteName(name);
    const found = await connection.runAndReadAll(
      `SELECT ${column} FROM ${sql} WHERE ${column} IS NOT NULL LIMIT 1`,
    );
    const prefix = media.findPrefix(found.getRows()[0]?.[0] as string | undefined, folder);
    if (prefix !== '') replaced.push(`${quoteText(prefix)} || ${column} AS ${column}`);
  }
  return replaced.length === 0 ? '' : ` REPLACE (${replaced.join(', ')})`;
}

const FRACTIONS = new Set<DuckDBTypeId>([DuckDBTypeId.FLOAT, DuckDBTypeId.DOUBLE, DuckDBTypeId.DECIMAL]);
const TIMES = new Set<DuckDBTypeId>([
  DuckDBTypeId.DATE,
  DuckDBTypeId.TIME,
  DuckDBTypeId.TIMESTAMP,
  DuckDBTypeId.TIMESTAMP_S,
  DuckDBTypeId.TIMESTAMP_MS,
  DuckDBTypeId.TIMESTAMP_NS,
  DuckDBTypeId.TIMESTAMP_TZ,
  DuckDBTypeId.TIME_TZ,
  DuckDBTypeId.INTERVAL,
]);

/** The fields of the columns, by their types and, for texts, by whether they name pictures or sounds. */
async function describe(
  connection: DuckDBConnection,
  relation: string,
  names: readonly string[],
  types: readonly DuckDBType[],
  { isFile, features }: { readonly isFile: (path: string) => boolean; readonly features: Features },
): Promise<Column[]> {
  const columns: Column[] = [];
  const tagged = findTagged(listColumns(names, types));
  for (const [at, type] of types.entries()) {
    const name = names[at]!;
    const column = quoteName(name);
    if (tagged !== undefined && (name === tagged.words || tagged.tags.includes(name))) {
      columns.push(await describeTagged(connection, relation, name, { tagged, features }));
      continue;
    }
    const first = async (sql: string): Promise<unknown> =>
      (
        await connection.runAndReadAll(`SELECT ${sql} FROM ${relation} WHERE ${column} IS NOT NULL LIMIT 1`)
      ).getRows()[0]?.[0];
    const classes = classNames(features[name]);
    if (classes !== undefined && WHOLE.has(type.typeId))
      columns.push({
        field: { name, kind: 'text', labels: classes },
        // -1, as test sets without labels have it, is no class
        sql: `CASE WHEN ${column} >= 0 THEN [${classes.map(quoteText).join(', ')}][${column} + 1] END`,
      });
    else if (type.typeId === DuckDBTypeId.BOOLEAN)
      columns.push({ field: { name, kind: 'boolean' }, sql: column });
    else if (WHOLE.has(type.typeId) || FRACTIONS.has(type.typeId))
      columns.push({
        field: { name, kind: 'number', whole: WHOLE.has(type.typeId) },
        sql: `CAST(${column} AS DOUBLE)`,
      });
    else if (TIMES.has(type.typeId))
      columns.push({ field: { name, kind: 'time' }, sql: `CAST(${column} AS VARCHAR)` });
    else if (isMediaStruct(type) || type.typeId === DuckDBTypeId.BLOB) {
      const isSound = features[name]?._type === 'Audio' || isSoundMedia(toMedia((await first(column)) ?? {}));
      columns.push({ field: { name, kind: isSound ? 'audio' : 'picture' }, sql: column });
    } else if (isNumberList(type)) {
      // nested lists become one list, row-major; the sizes come from the first record
      const shape = findShape(await first(column));
      const flat = Array.from({ length: shape.length - 1 }).reduce<string>(
        (sql) => `flatten(${sql})`,
        column,
      );
      columns.push({ field: { name, kind: 'numbers', shape }, sql: `CAST(${flat} AS DOUBLE[])` });
    } else if (
      type.typeId === DuckDBTypeId.VARCHAR ||
      type.typeId === DuckDBTypeId.ENUM ||
      type.typeId === DuckDBTypeId.UUID
    ) {
      const example = await first(`CAST(${column} AS VARCHAR)`);
      const media =
        typeof example !== 'string' || !isFile(example)
          ? undefined
          : isPicture(example)
            ? 'picture'
            : isAudio(example)
              ? 'audio'
              : undefined;
      columns.push({
        field: { name, kind: media ?? 'text' },
        sql: `CAST(${column} AS VARCHAR)`,
      });
    } else columns.push({ field: { name, kind: 'text', nested: true }, sql: `CAST(${column} AS VARCHAR)` });
  }
  return columns;
}

/** The columns of lists of texts and of whole numbers. */
function listColumns(names: readonly string[], types: readonly DuckDBType[]): ListColumn[] {
  return names.flatMap((name, at): ListColumn[] => {
    const { typeId, valueType } = types[at] as unknown as { typeId: DuckDBTypeId; valueType: DuckDBType };
    if (typeId !== DuckDBTypeId.LIST) return [];
    if (valueType.typeId === DuckDBTypeId.VARCHAR) return [{ name, values: 'texts' }];
    return WHOLE.has(valueType.typeId) ? [{ name, values: 'whole numbers' }] : [];
  });
}

/** A list as a text with one space between its values, which have no space of their own. */
async function describeTagged(
  connection: DuckDBConnection,
  relation: string,
  name: string,
  { tagged, features }: { readonly tagged: Tagged; readonly features: Features },
): Promise<Column> {
  const column = quoteName(name);
  const classes = classNames(features[name]?.feature)?.map(toWord);
  const value =
    classes === undefined || name === tagged.words ? 'v' : `[${classes.map(quoteText).join(', ')}][v + 1]`;
  const text = `regexp_replace(CAST(${value} AS VARCHAR), '\\s', '\u00a0', 'g')`;
  const sql = `array_to_string([${text} FOR v IN ${column}], ' ')`;
  if (name === tagged.words) return { field: wordField(name), sql };
  const found = await connection.runAndReadAll(
    `SELECT DISTINCT unnest([${text} FOR v IN ${column}]) AS tag FROM ${relation}
      ORDER BY tag LIMIT ${MAX_DISTINCT + 1}`,
  );
  const labels = classes ?? found.getRows().map(([tag]) => String(tag));
  return { field: tagField(name, tagged, labels), sql };
}

/** The types that Hugging Face states in the first of the files; none for files of others. */
async function readFileFeatures(
  connection: DuckDBConnection,
  files: readonly TableFile[],
): Promise<Features> {
  const [file] = files;
  if (file === undefined || !isParquet(file.path)) return {};
  const stated = await connection.runAndReadAll(
    `SELECT decode(value) FROM parquet_kv_metadata(${quoteText(file.path)}) WHERE decode(key) = 'huggingface'`,
  );
  return readFeatures(stated.getRows()[0]?.[0] as string | undefined);
}

const isSoundMedia = (media: Media | null): boolean =>
  media !== null &&
  (media.bytes === undefined ? isAudio(media.path) : findSoundForm(media.bytes) !== undefined);

/** The form in which Hugging Face data sets hold pictures and sounds: `{bytes, path}`. */
function isMediaStruct(type: DuckDBType): boolean {
  if (type.typeId !== DuckDBTypeId.STRUCT) return false;
  const { entryNames } = type as unknown as { entryNames: readonly string[] };
  return entryNames.includes('bytes') && entryNames.includes('path');
}

function isNumberList(type: DuckDBType): boolean {
  if (type.typeId !== DuckDBTypeId.LIST && type.typeId !== DuckDBTypeId.ARRAY) return false;
  const { valueType } = type as unknown as { valueType: DuckDBType };
  return WHOLE.has(valueType.typeId) || FRACTIONS.has(valueType.typeId) || isNumberList(valueType);
}

function findShape(value: unknown): number[] {
  const shape: number[] = [];
  for (
    let at = value;
    typeof at === 'object' && at !== null && 'items' in at;
    at = (at as { items: unknown[] }).items[0]
  )
    shape.push((at as { items: unknown[] }).items.length);
  return shape;
}

function toCell(value: unknown, field: Field): Cell {
  if (value === null || value === undefined) return null;
  switch (field.kind) {
    case 'picture':
    case 'audio':
      return toMedia(value);
    case 'numbers': {
      const data = Float64Array.from((value as { items: readonly (number | null)[] }).items, (x) => x ?? NaN);
      const [, ...step] = field.shape ?? [];
      const size = step.reduce((a, b) => a * b, 1);
      return { data, shape: data.length % size === 0 ? [data.length / size, ...step] : [data.length] };
    }
    case 'number':
      return value as number;
    case 'boolean':
      return value as boolean;
    default:
      return value as string;
  }
}

function toMedia(value: unknown): Media | null {
  if (typeof value === 'string') return { path: value };
  const { bytes } = value as { bytes?: Uint8Array };
  if (bytes instanceof Uint8Array) return { path: '', bytes };
  const { entries } = value as { entries?: { bytes: { bytes: Uint8Array } | null; path: string | null } };
  if (entries === undefined) return null;
  const path = entries.path ?? '';
  return entries.bytes === null ? (path === '' ? null : { path }) : { path, bytes: entries.bytes.bytes };
}

/** The fault of a table: file and line, without the settings of DuckDB. */
async function tableInvalid(error: unknown, files: readonly TableFile[]): Promise<unknown> {
  if (error instanceof DomainError || !(error instanceof Error)) return error;
  const path = files.find((file) => error.message.includes(file.path))?.path ?? files[0]?.path ?? '';
  const ragged = isDelimited(path) ? await findRaggedLine(path).catch(() => undefined) : undefined;
  const said = error.message
    .split('\n\n')[0]!
    .split('\n')
    .filter(
      (line) =>
        line.trim() !== '' &&
        !/^\s*(?:Possible (?:Solution|fixes)|\*|The search space|[A-Z][\w/ ]+ Candidates|Encoding:)/.test(
          line,
        ),
    )
    .join('; ')
    .replace(/^Invalid Input Error: /, '');
  return dataFault(
    'TABLE_INVALID',
    path,
    `cannot be read as a table: ${ragged ?? said.slice(0, 600)}`,
    error,
  );
}
