import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RowResult } from './measure/result.js';

/**
 * Where the last result of each row is kept; the document is written from them, so single rows can be
 * measured anew.
 */
const folder = fileURLToPath(new URL('../../../results', import.meta.url));

/** The last result of a row. */
export function findResult(key: string): RowResult | undefined {
  const path = join(folder, `${key}.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as RowResult) : undefined;
}

/** Keeps a result in place of the last one. */
export function keepResult(result: RowResult): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${result.key}.json`), `${JSON.stringify(result, undefined, 1)}\n`);
}
