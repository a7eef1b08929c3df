import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { python, PYTHON_FOLDER } from '../../python.js';

/** A table of categories and an error of each row. */
export interface SliceTable {
  readonly n: number;
  readonly features: number;
  /** [n, features] int32, row-major. */
  readonly values: Int32Array;
  /** [n] float64, at least 0. */
  readonly errors: Float64Array;
}

/** Options of both searches. */
export interface SliceOptions {
  readonly most: number;
  readonly levels: number;
  readonly least: number;
}

/** Scores from the highest, and processor seconds. */
export interface SliceScores {
  readonly scores: readonly number[];
  readonly seconds: number;
}

/** Returns the top slices of SliceLine. It is installed in an environment of its own; throws where it cannot be. */
export function findBySliceline(
  { n, features, values, errors }: SliceTable,
  options: SliceOptions,
  print: (line: string) => void,
): SliceScores {
  const peer = python(print, 'slices');
  if ('missing' in peer) throw new Error(peer.missing);
  const folder = mkdtempSync(join(tmpdir(), 'noema-sliceline-'));
  try {
    writeFileSync(join(folder, 'table.json'), JSON.stringify({ n, features, ...options }));
    writeFileSync(join(folder, 'table.values'), values);
    writeFileSync(join(folder, 'table.errors'), errors);
    execFileSync(peer.interpreter, [join(PYTHON_FOLDER, 'top_slices.py'), folder], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return JSON.parse(readFileSync(join(folder, 'table.slices'), 'utf8')) as SliceScores;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
