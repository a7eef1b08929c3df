import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Machine } from '../table/measure/result.js';
import type { BenchRow } from './insight.bench.js';

/** The last run of a bench of insights. */
export interface BenchResult {
  readonly key: string;
  readonly date: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly seconds: number;
  readonly rows: readonly BenchRow[];
}

/** The document is written from the last result of each bench, so that benches can run alone. */
const FOLDER = fileURLToPath(new URL('../../../results/insights', import.meta.url));

/** Returns the last result of a bench; undefined where it has not run. */
export function findResult(key: string): BenchResult | undefined {
  const path = join(FOLDER, `${key}.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as BenchResult) : undefined;
}

/** Stores a result in place of the last one. */
export function keepResult(result: BenchResult): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${result.key}.json`), `${JSON.stringify(result, undefined, 1)}\n`);
}
