import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CELLS, sameCell } from './cells.js';
import type { CellResult } from './run-cell.js';
import type { StoredData } from './stored-data.integration.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const FILE = fileURLToPath(new URL('../../zoo/results.json', import.meta.url));

/** The last result of a cell, and the commit that it was measured at. */
export interface StoredResult extends CellResult {
  readonly commit: string;
}

export interface StoredResults {
  readonly cells: readonly StoredResult[];
  readonly kinds: Readonly<Record<string, StoredData>>;
}

const withoutIds = ({ ids: _, ...kept }: StoredData): StoredData => kept;

/**
 * Keeps new results in place of older ones of the same cells, drops cells that the table no longer has, and
 * gives all in the order of the table.
 */
export function keepResults(
  results: readonly CellResult[],
  kinds: Readonly<Record<string, StoredData>>,
): StoredResults {
  const before: StoredResults = existsSync(FILE)
    ? (JSON.parse(readFileSync(FILE, 'utf8')) as StoredResults)
    : { cells: [], kinds: {} };
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: ROOT,
    encoding: 'utf8',
  }).trim();
  const known = { ...before.kinds, ...kinds };
  const stored: StoredResults = {
    cells: CELLS.flatMap((cell) => {
      const fresh = results.find((result) => sameCell(result.cell, cell));
      const old = before.cells.find((result) => sameCell(result.cell, cell));
      return fresh !== undefined ? [{ ...fresh, commit }] : old !== undefined ? [old] : [];
    }),
    kinds: Object.fromEntries(
      [...new Set(CELLS.map(({ kind }) => kind))]
        .filter((kind) => known[kind] !== undefined)
        .map((kind) => [kind, withoutIds(known[kind]!)]),
    ),
  };
  writeFileSync(
    FILE,
    `${JSON.stringify(stored, (_, value: unknown) => (value === Infinity ? '∞' : value), 1)}\n`,
  );
  return stored;
}
