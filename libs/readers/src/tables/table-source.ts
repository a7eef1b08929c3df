import { DomainError } from '@noema/kernel';
import { findExtension } from '../files/file-tree.js';
import { type Dialect, readDialect } from './delimited.js';

/** One file of a table, and the split that its name says. */
export interface TableFile {
  /** Absolute path. */
  readonly path: string;
  readonly split?: string;
  /** Folder of the file below the root of the tree; absent for the root. */
  readonly folder?: string;
}

const DELIMITED = new Set(['.csv', '.tsv', '.tab']);
const JSON_LINES = new Set(['.jsonl', '.ndjson', '.json']);
const PARQUET = new Set(['.parquet', '.pq']);

export const isTable = (path: string): boolean =>
  [DELIMITED, JSON_LINES, PARQUET].some((extensions) => extensions.has(findExtension(path)));

export const isParquet = (path: string): boolean => PARQUET.has(findExtension(path));

export const isDelimited = (path: string): boolean => DELIMITED.has(findExtension(path));

export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The SQL expression that reads a file. Throws `unsupported` TABLE_FORMAT_UNKNOWN. */
export async function readExpression(
  path: string,
): Promise<{ readonly sql: string; readonly dialect?: Dialect }> {
  const extension = findExtension(path);
  if (PARQUET.has(extension)) return { sql: `read_parquet(${quoteText(path)})` };
  if (JSON_LINES.has(extension))
    return { sql: `read_json(${quoteText(path)}, format = 'auto', sample_size = -1)` };
  if (!DELIMITED.has(extension))
    throw new DomainError(
      'unsupported',
      'TABLE_FORMAT_UNKNOWN',
      `"${path}" is no table; known: .csv, .tsv, .jsonl, .json, .parquet`,
      { metadata: { path } },
    );
  const dialect = await readDialect(path);
  const options = [
    `delim = ${quoteText(dialect.delimiter)}`,
    `quote = '"'`,
    `escape = '"'`,
    `header = ${dialect.header}`,
    'skip = 0',
    'sample_size = -1',
    ...(dialect.encoding === 'utf-8' ? [] : [`encoding = ${quoteText(dialect.encoding)}`]),
    ...(dialect.decimalComma ? ["decimal_separator = ','"] : []),
  ];
  return { sql: `read_csv(${quoteText(path)}, ${options.join(', ')})`, dialect };
}
