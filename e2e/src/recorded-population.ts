import { join } from 'node:path';
import { rankCorrelation } from '@noema/saliency';
import { waitFor } from '@noema/testing';
import { noemaJson } from './command-line.js';
import { type Exported, readExport } from './exported-population.js';

/** Pairs of rows whose distances are compared. */
const PAIRS = 5_000;

/** Waits for a map of a run, and returns its population as `noema export` writes it. */
export const exportRun = async (directory: string, name: string, timeoutMs: number): Promise<Exported> =>
  readExport(await exportFiles(directory, name, timeoutMs));

/** Waits for a map of a run, and returns the folder that `noema export` wrote. */
export async function exportFiles(directory: string, name: string, timeoutMs: number): Promise<string> {
  const runs = await noemaJson<{ id: string; displayName: string }[]>(directory, 'runs', 'list');
  const { id } = runs.find(({ displayName }) => displayName === name)!;
  const map = await waitFor(
    async () =>
      (await noemaJson<{ id: string; state: string }[]>(directory, 'explorations', 'list', '--run', id)).find(
        ({ state }) => state === 'JOB_STATE_SUCCEEDED',
      ),
    { timeoutMs, intervalMs: 500, what: `the map of ${name}` },
  );
  const to = join(directory, `export-${name}`);
  await noemaJson(directory, 'export', map.id, '--to', to);
  return to;
}

/** Rank correlation of the distances of the same 5,000 pairs of rows in two populations. */
export function compareDistances(a: Exported, b: Exported): number {
  const pairs = Array.from(
    { length: PAIRS },
    (_, i) => [(i * 7_919) % a.rows, (i * 104_729 + 1) % a.rows] as const,
  );
  const distances = ({ vectors, dimensions }: Exported): number[] =>
    pairs.map(([from, to]) =>
      Math.sqrt(
        Array.from(
          { length: dimensions },
          (_, d) => (vectors[from * dimensions + d]! - vectors[to * dimensions + d]!) ** 2,
        ).reduce((sum, square) => sum + square, 0),
      ),
    );
  return rankCorrelation(distances(a), distances(b));
}
