import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DuckDBArrayType,
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBInstance,
  DuckDBListType,
  type DuckDBResult,
  DuckDBStructType,
  type DuckDBType,
  DuckDBTypeId,
} from '@duckdb/node-api';
import { DomainError } from '@noema/kernel';
import { dataFault } from '../data-fault.js';
import { findSoundForm, isAudio, isPicture } from '../files/media.js';
import { findListedObjects, type NestedType } from '../objects/listed-objects.js';
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
import { isMediaStruct, openRelation } from './table-relation.js';
import { findTagged, type ListColumn, type Tagged, tagField, toWord, wordField } from './tagged-lists.js';
import { isDelimited, isParquet, quoteName, quoteText, type TableFile } from './table-source.js';

const EXAMPLES = 12;
/** Columns whose facts one scan of the table computes; aggregates of hundreds take more memory than the table. */
const GROUP = 16;

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
    /** Of the stream of records alone: another query on a connection ends its stream. */
    private readonly streaming: DuckDBConnection,
    private readonly relation: string,
    private readonly parts: readonly Column[],
    readonly length: number,
    /** Folder of the copies of wide tables. */
    private readonly folder: string,
  ) {
    this.fields = parts.map(({ field }) => field);
  }

  /**
   * Opens files of the same columns. Texts that name pictures or sounds of the tree, from its root, from the folder of
   * the table or by their names alone, are paths. Throws `invalid` TABLE_INVALID with file and line, TABLE_TOO_WIDE.
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
    const copies = await mkdtemp(join(tmpdir(), 'noema-tables-'));
    try {
      const { sql: relation, columns: found } = await openRelation(connection, files, { media, copies });
      const names = found.map(({ name }) => name);
      const types = found.map(({ type }) => type);
      const columns = await describe(connection, relation, names, types, {
        isFile: (text) => media.has(text),
        features: await readFileFeatures(connection, files),
      });
      const { rows } = await one<{ rows: bigint }>(connection, `SELECT count(*) AS rows FROM ${relation}`);
      const streaming = await instance.connect();
      return new TableRecords(instance, connection, streaming, relation, columns, Number(rows), copies);
    } catch (error) {
      connection.closeSync();
      instance.closeSync();
      await rm(copies, { recursive: true, force: true });
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
      this.stream = await this.streaming.stream(sql);
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
    for (let index = 0; index < this.length && examples.length < EXAMPLES; index += step)
      examples.push(await this.row(index));
    const profiles: FieldProfile[] = [];
    for (let from = 0; from < this.parts.length; from += GROUP)
      profiles.push(...(await this.profileGroup(this.parts.slice(from, from + GROUP), examples)));
    return profiles;
  }

  close(): void {
    this.streaming.closeSync();
    this.connection.closeSync();
    this.instance.closeSync();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private selected(): string {
    return this.parts.map(({ sql, field }) => `${sql} AS ${quoteName(field.name)}`).join(', ');
  }

  /** Facts of several columns by one scan, and their values, where they are few, by another one. */
  private async profileGroup(columns: readonly Column[], examples: readonly Row[]): Promise<FieldProfile[]> {
    const values = columns.map(({ sql }, at) => `${sql} AS v${at}`).join(', ');
    const facts = await one<Record<string, bigint | number | null>>(
      this.connection,
      `SELECT ${columns.flatMap(({ field }, at) => factColumns(field, `v${at}`)).join(', ')}
        FROM (SELECT ${values} FROM ${this.relation})`,
    );
    const fact = (at: number, name: string): number | undefined => {
      const value = facts[`v${at}_${name}`];
      return value == null ? undefined : Number(value);
    };
    const few = columns.flatMap(({ field }, at) =>
      isScalar(field) && fact(at, 'about')! <= 2 * MAX_DISTINCT ? [at] : [],
    );
    const listed = await this.listValues(columns, few);
    return columns.map(({ field }, at) => {
      const found = listed.get(at);
      const sorted =
        found === undefined || found.length > MAX_DISTINCT ? undefined : sortValues(found, field);
      return {
        field,
        missing: fact(at, 'missing') ?? 0,
        distinct: found?.length ?? fact(at, 'about') ?? 0,
        ...(sorted === undefined || sorted.length === 0 ? {} : { values: sorted }),
        ...defined({ min: fact(at, 'low'), max: fact(at, 'high') }),
        ...defined({ meanLength: fact(at, 'characters'), maxWords: fact(at, 'words') }),
        ...defined({ minSize: fact(at, 'fewest'), maxSize: fact(at, 'most') }),
        examples: examples.map((row) => row[field.name] ?? null),
      };
    });
  }

  /** The distinct values of columns as texts, at most one more than are listed. */
  private async listValues(
    columns: readonly Column[],
    which: readonly number[],
  ): Promise<ReadonlyMap<number, readonly string[]>> {
    if (which.length === 0) return new Map();
    const values = which.map((at) => `${columns[at]!.sql} AS v${at}`).join(', ');
    const lists = which.map(
      (at) =>
        `list_slice(list(DISTINCT v${at}) FILTER (v${at} IS NOT NULL), 1, ${MAX_DISTINCT + 1}) AS v${at}`,
    );
    const found = await one<Record<string, { readonly items: readonly unknown[] } | null>>(
      this.connection,
      `SELECT ${lists.join(', ')} FROM (SELECT ${values} FROM ${this.relation})`,
    );
    return new Map(
      which.map((at) => [
        at,
        (found[`v${at}`]?.items ?? []).map((value) => cellText(toCell(value, columns[at]!.field))),
      ]),
    );
  }
}

const isScalar = ({ kind }: Field): boolean => kind !== 'picture' && kind !== 'audio' && kind !== 'numbers';

/** SQL of the facts of a column `v`, named `v_missing` and so on. */
function factColumns(field: Field, v: string): string[] {
  const { kind } = field;
  const numeric = kind === 'number';
  return [
    `count(*) FILTER (${v} IS NULL${numeric ? ` OR isnan(${v})` : ''}) AS ${v}_missing`,
    ...(isScalar(field) ? [`approx_count_distinct(${v}) AS ${v}_about`] : []),
    ...(numeric
      ? [`min(${v}) FILTER (isfinite(${v})) AS ${v}_low`, `max(${v}) FILTER (isfinite(${v})) AS ${v}_high`]
      : []),
    ...(kind === 'text'
      ? [
          `avg(length(${v})) AS ${v}_characters`,
          `max(length(${v}) - length(replace(${v}, ' ', '')) + 1) AS ${v}_words`,
        ]
      : []),
    ...(kind === 'numbers' ? [`min(len(${v})) AS ${v}_fewest`, `max(len(${v})) AS ${v}_most`] : []),
  ];
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
    } else {
      const listed = findListedObjects(toNestedType(type), features[name]);
      columns.push({
        field: { name, kind: 'text', nested: true, ...(listed && { listed }) },
        sql: `CAST(${listed === undefined ? column : `to_json(${column})`} AS VARCHAR)`,
      });
    }
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

function isNumberList(type: DuckDBType): boolean {
  if (type.typeId !== DuckDBTypeId.LIST && type.typeId !== DuckDBTypeId.ARRAY) return false;
  const { valueType } = type as unknown as { valueType: DuckDBType };
  return WHOLE.has(valueType.typeId) || FRACTIONS.has(valueType.typeId) || isNumberList(valueType);
}

function toNestedType(type: DuckDBType): NestedType {
  if (type instanceof DuckDBListType || type instanceof DuckDBArrayType)
    return { item: toNestedType(type.valueType) };
  if (type instanceof DuckDBStructType)
    return {
      entries: new Map(type.entryNames.map((name, at) => [name, toNestedType(type.entryTypes[at]!)])),
    };
  if (WHOLE.has(type.typeId)) return 'whole number';
  if (FRACTIONS.has(type.typeId)) return 'fraction';
  return type.typeId === DuckDBTypeId.VARCHAR ? 'text' : 'other';
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
