import { open } from 'node:fs/promises';
import { DomainError } from '@noema/kernel';

/** How a file of delimited values is written. */
export interface Dialect {
  readonly delimiter: string;
  readonly encoding: 'utf-8' | 'latin-1' | 'utf-16';
  readonly decimalComma: boolean;
  /** Whether the first line has the names of the columns. */
  readonly header: boolean;
  /** Number of cells of the first line, as far as it lies in the first mebibyte. */
  readonly columns: number;
}

const DELIMITERS = [',', ';', '\t', '|'];
const HEAD_BYTES = 2 ** 20;

/**
 * Reads the dialect from the first mebibyte of a file: the delimiter is the character of `,` `;` tab `|` that
 * splits the header into most parts, the encoding is UTF-8 where the bytes are valid. A library that guesses
 * the delimiter may take a file with a broken line for one of a single column. Throws `invalid` TABLE_INVALID
 * for an empty file.
 */
export async function readDialect(path: string): Promise<Dialect> {
  const head = await readHead(path);
  const encoding = findEncoding(head);
  const lines = decode(head, encoding);
  if (lines[0]!.trim() === '')
    throw new DomainError(
      'invalid',
      'TABLE_INVALID',
      `${path} begins with an empty line; a table begins with the names of its columns`,
      { metadata: { path } },
    );
  const delimiter = findDelimiter(lines);
  const first = lines[0]!.split(delimiter);
  const cells = lines.slice(1, 200).flatMap((line) => line.split(delimiter));
  return {
    delimiter,
    encoding,
    decimalComma:
      delimiter !== ',' &&
      cells.some((cell) => /^"?-?\d+,\d+"?$/.test(cell.trim())) &&
      !cells.some((cell) => /^"?-?\d+\.\d+"?$/.test(cell.trim())),
    header: !first.every((cell) => isNumeric(cell)),
    columns: first.length,
  };
}

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

const DECODERS = { 'utf-8': 'utf-8', 'latin-1': 'latin1', 'utf-16': 'utf-16le' } as const;

const decode = (head: Buffer, encoding: Dialect['encoding']): string[] =>
  new TextDecoder(DECODERS[encoding]).decode(head).split(/\r\n|\n|\r/u);

/**
 * The first line of the first mebibyte with another number of values than the first line, in words;
 * `undefined` where there is none. A line with an open quote ends the search: its value goes on below.
 */
export async function findRaggedLine(path: string): Promise<string | undefined> {
  const { delimiter, encoding } = await readDialect(path);
  const head = await readHead(path);
  const lines = decode(head, encoding).slice(0, head.length < HEAD_BYTES ? undefined : -1);
  const wanted = countOutsideQuotes(lines[0]!, delimiter) + 1;
  for (const [at, line] of lines.entries()) {
    if (line.split('"').length % 2 === 0) return undefined;
    const count = countOutsideQuotes(line, delimiter) + 1;
    if (count !== wanted && line.trim() !== '')
      return `line ${at + 1} has ${count} values and line 1 has ${wanted}: ${JSON.stringify(line.slice(0, 120))}`;
  }
  return undefined;
}

/** A line of numbers alone has no names. */
const isNumeric = (cell: string): boolean =>
  /^\s*"?[-+]?(?:\d+[.,]?\d*|[.,]\d+)(?:e[-+]?\d+)?"?\s*$/i.test(cell);

function findDelimiter(lines: readonly string[]): string {
  const counts = DELIMITERS.map((delimiter) => countOutsideQuotes(lines[0]!, delimiter));
  const most = Math.max(...counts);
  if (most > 0) return DELIMITERS[counts.indexOf(most)]!;
  // numbers with a space between them; in texts a space separates words
  const first = lines.slice(0, 20).filter((line) => line !== '');
  const parts = first.map((line) => line.split(' '));
  const isSpaced =
    parts[0]!.length > 1 && parts.every((line) => line.length === parts[0]!.length && line.every(isNumeric));
  return isSpaced ? ' ' : ',';
}

function findEncoding(head: Buffer): Dialect['encoding'] {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16';
  try {
    // the last character may be cut
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return 'utf-8';
  } catch {
    return 'latin-1';
  }
}

function countOutsideQuotes(line: string, delimiter: string): number {
  let [count, quoted] = [0, false];
  for (const character of line) {
    if (character === '"') quoted = !quoted;
    else if (!quoted && character === delimiter) count++;
  }
  return count;
}
