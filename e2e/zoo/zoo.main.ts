import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFileSync } from 'node:fs';
import { startPlatformProcess } from '@noema/standalone';
import { CELLS, countExplained } from './cells.js';
import { zooDocument } from './document.js';
import { keepResults } from './results.js';
import { Referee } from './referee.js';
import { type CellResult, type IngestedKind, ingestKind, runCell } from './run-cell.js';
import type { StoredData } from './stored-data.integration.js';
import { ZooPlatform } from './zoo-platform.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * `node zoo.main.js [words]`: runs the cells whose `kind/network` holds one of the words, in the order of the
 * words; all without any. The last result of every cell is kept, and docs/zoo.md is written of them.
 */
async function main(words: readonly string[]): Promise<number> {
  const cells =
    words.length === 0
      ? CELLS
      : [
          ...new Set(
            words.flatMap((word) => CELLS.filter(({ kind, network }) => `${kind}/${network}`.includes(word))),
          ),
        ];
  const cache = resolve(process.env['NOEMA_ZOO_CACHE'] ?? join(ROOT, '.noema/zoo'));
  const dataDir = join(cache, 'platform');
  await rm(dataDir, { recursive: true, force: true });
  await mkdir(dataDir, { recursive: true });
  const platform = await startPlatformProcess({ dataDir, port: 0 });
  const { api_key: key } = JSON.parse(readFileSync(join(dataDir, 'credentials.json'), 'utf8')) as {
    api_key: string;
  };
  const referee = new Referee(
    process.env['NOEMA_ZOO_PYTHON'] ?? join(ROOT, '.tools/zoo-python/bin/python'),
    cache,
  );
  const context = {
    platform: new ZooPlatform(platform.url, key),
    referee,
    cache,
    training: { epochs: 16, batchSize: 16, learningRate: 0.002 },
  };
  const results: CellResult[] = [];
  const kinds = new Map<string, StoredData>();
  try {
    const ingested = new Map<string, IngestedKind | string>();
    for (const { kind, network } of cells) {
      const data =
        ingested.get(kind) ??
        (await ingestKind(context, kind).catch((error: unknown) => (error as Error).message));
      ingested.set(kind, data);
      if (typeof data !== 'string') kinds.set(kind, data.stored);
      const result =
        typeof data === 'string'
          ? { cell: { kind, network }, complaints: [`the data cannot be ingested: ${data}`], seconds: 0 }
          : await runCell({ ...context, explained: countExplained({ kind, network }) }, data, network);
      results.push(result);
      print(result);
      await writeFile(
        join(ROOT, 'docs/zoo.md'),
        zooDocument(keepResults(results, Object.fromEntries(kinds))),
      );
    }
  } finally {
    referee.close();
    await platform.stop();
  }
  const failed = results.filter(({ complaints }) => complaints.length > 0).length;
  console.log(`zoo: ${results.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function print({ cell, complaints, figures, heat, seconds }: CellResult): void {
  const verdict = complaints.length === 0 ? 'passed' : `FAILED ${complaints.join('; ')}`;
  console.log(`${cell.kind}/${cell.network} (${seconds.toFixed(0)} s): ${verdict}`);
  if (process.env['NOEMA_ZOO_VERBOSE'] !== undefined)
    console.log(`  ${JSON.stringify({ ...figures, heat })}`);
}

process.exitCode = await main(process.argv.slice(2));
