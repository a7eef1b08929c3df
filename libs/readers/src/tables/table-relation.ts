import { join } from 'node:path';
import { type DuckDBConnection, DuckDBStructType, type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import { dataFault } from '../data-fault.js';
import type { MediaPaths } from './media-paths.js';
import { isParquet, quoteName, quoteText, readExpression, type TableFile } from './table-source.js';

/** Columns from which on a table of text is copied to a columnar file, so that a scan parses only its columns. */
const WIDE = 64;
/** Columns of a table: two chunks of 2,048 records of them are in memory. */
const MAX_TABLE_COLUMNS = 3_000;
/** Name of the column that says which of several files a record comes from. */
const SPLIT = 'split';

/** A relation of SQL, and the names and types of its columns. */
export interface Relation {
  readonly sql: string;
  readonly columns: readonly RelationColumn[];
}

interface RelationColumn {
  readonly name: string;
  readonly type: DuckDBType;
}

/**
 * The SQL relation of several files with the same columns. Paths of pictures and sounds are from the root of the tree,
 * structures are columns. Copies of wide tables lie in the folder `copies`. Throws `invalid` TABLE_TOO_WIDE.
 */
export async function openRelation(
  connection: DuckDBConnection,
  files: readonly TableFile[],
  { media, copies }: { readonly media: MediaPaths; readonly copies: string },
): Promise<Relation> {
  const parts: string[] = [];
  for (const [at, { path, split, folder }] of files.entries()) {
    const sql = await copyWide(connection, path, join(copies, `${at}.parquet`));
    const named = await namePaths(connection, sql, folder, media);
    const added = split === undefined ? '' : `, ${quoteText(split)} AS ${quoteName(SPLIT)}`;
    parts.push(`SELECT *${named}${added} FROM ${sql}`);
  }
  return flatten(connection, `(${parts.join(' UNION ALL BY NAME ')})`);
}

/**
 * The SQL expression that reads a file; a copy by columns where the file has many and each scan would parse all of
 * them. Throws `invalid` TABLE_TOO_WIDE.
 */
async function copyWide(connection: DuckDBConnection, path: string, copy: string): Promise<string> {
  const { sql, dialect } = await readExpression(path);
  // The header of a text has them without a query, for which DuckDB reads the whole file.
  const columns = dialect?.columns ?? (await connection.run(`SELECT * FROM ${sql} LIMIT 0`)).columnCount;
  if (columns > MAX_TABLE_COLUMNS)
    throw dataFault(
      'TABLE_TOO_WIDE',
      path,
      `has ${columns.toLocaleString('en-US')} columns, and at most ${MAX_TABLE_COLUMNS.toLocaleString('en-US')} ` +
        'are read; save their numbers as one array, [records, columns], in a file .npy or .npz',
    );
  if (isParquet(path) || columns < WIDE) return sql;
  await connection.run(
    `COPY (SELECT * FROM ${sql}) TO ${quoteText(copy)} (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
  );
  return `read_parquet(${quoteText(copy)})`;
}

/**
 * SQL after `*` that replaces the paths of a table by paths from the root of the tree, or adds the column `image` of
 * the files that a column names without their extensions; empty where there is neither.
 */
async function namePaths(
  connection: DuckDBConnection,
  sql: string,
  folder: string | undefined,
  media: MediaPaths,
): Promise<string> {
  if (media.isEmpty) return '';
  const shape = await connection.run(`SELECT * FROM ${sql} LIMIT 0`);
  const names = shape.columnNames();
  const types = shape.columnTypes();
  const replaced: string[] = [];
  const added: string[] = [];
  let isPath = false;
  for (const [at, name] of names.entries()) {
    if (!NAME_TYPES.has(types[at]!.typeId)) continue;
    const column = quoteName(name);
    const found = await connection.runAndReadAll(
      `SELECT CAST(${column} AS VARCHAR) FROM ${sql} WHERE ${column} IS NOT NULL LIMIT ${LOOKED_AT}`,
    );
    const values = [...new Set(found.getRows().map(([value]) => value as string))];
    const prefix = media.findPrefix(values[0], folder);
    if (prefix !== '') replaced.push(`${quoteText(prefix)} || ${column} AS ${column}`);
    isPath ||= prefix !== '' || (values[0] !== undefined && media.has(values[0]));
    const around = values.length < MIN_NAMES ? undefined : media.findAround(values, folder);
    if (around !== undefined)
      added.push(`${quoteText(around.before)} || CAST(${column} AS VARCHAR) || ${quoteText(around.after)}`);
  }
  const isAdded = !isPath && added.length === 1 && !names.includes(FILES);
  return (
    (replaced.length === 0 ? '' : ` REPLACE (${replaced.join(', ')})`) +
    (isAdded ? `, ${added[0]!} AS ${quoteName(FILES)}` : '')
  );
}

/** Column of the files that another column names without their extensions. */
const FILES = 'image';
/** Values of a column that are looked up as names of files, at most and at least. */
const LOOKED_AT = 50;
const MIN_NAMES = 2;
const NAME_TYPES = new Set<DuckDBTypeId>([
  DuckDBTypeId.VARCHAR,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.UUID,
]);

/** The relation with a column for each value of its structures, such as `user.age`. */
async function flatten(connection: DuckDBConnection, relation: string): Promise<Relation> {
  const shape = await connection.run(`SELECT * FROM ${relation} LIMIT 0`);
  const names = shape.columnNames();
  const columns = shape.columnTypes().flatMap((type, at) => {
    const own = { name: names[at]!, sql: quoteName(names[at]!), type };
    const leaves = listLeaves(own);
    const clash = leaves.some(({ name }) => name !== own.name && names.includes(name));
    return clash ? [own] : leaves;
  });
  const isFlat = columns.every(({ name }, at) => name === names[at]);
  const selected = columns.map(({ name, sql }) => `${sql} AS ${quoteName(name)}`).join(', ');
  return { sql: isFlat ? relation : `(SELECT ${selected} FROM ${relation})`, columns };
}

/** The values of a structure, if none of them is a list, bytes or a picture; otherwise itself. */
function listLeaves(column: RelationColumn & { readonly sql: string }): (typeof column)[] {
  const { name, sql, type } = column;
  if (!isPlainStruct(type)) return [column];
  return type.entryNames.flatMap((entry, at) =>
    listLeaves({
      name: `${name}.${entry}`,
      sql: `struct_extract(${sql}, ${quoteText(entry)})`,
      type: type.entryTypes[at]!,
    }),
  );
}

const isPlainStruct = (type: DuckDBType): type is DuckDBStructType =>
  type instanceof DuckDBStructType &&
  !isMediaStruct(type) &&
  type.entryTypes.every((entry) => isPlainStruct(entry) || !COMPOUND.has(entry.typeId));

const COMPOUND = new Set<DuckDBTypeId>([
  DuckDBTypeId.STRUCT,
  DuckDBTypeId.LIST,
  DuckDBTypeId.ARRAY,
  DuckDBTypeId.MAP,
  DuckDBTypeId.UNION,
  DuckDBTypeId.BLOB,
]);

/** The form in which Hugging Face data sets hold pictures and sounds: `{bytes, path}`. */
export function isMediaStruct(type: DuckDBType): boolean {
  if (type.typeId !== DuckDBTypeId.STRUCT) return false;
  const { entryNames } = type as unknown as { entryNames: readonly string[] };
  return entryNames.includes('bytes') && entryNames.includes('path');
}
