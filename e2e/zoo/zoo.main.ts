import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFileSync } from 'node:fs';
import { startPlatformProcess } from '@noema/standalone';
import { CELLS } from './cells.js';
import { zooDocument } from './document.js';
import { keepResults } from './results.js';
import { Referee } from './referee.js';
import { type CellResult, type IngestedKind, ingestKind, runCell } from './run-cell.js';
import type { StoredData } from './stored-data.integration.js';
import { ZooPlatform } from './zoo-platform.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** `node zoo.main.js [words]`: runs the cells whose `kind/network` holds one of the words, all without any. The last result of every cell is kept, and docs/zoo.md is written of them. */
async function main(words: readonly string[]): Promise<number> {
  const cells = CELLS.filter(({ kind, network }) => words.length === 0 || words.some((word) => `${kind}/${network}`.includes(word)));
  const cache = resolve(process.env['NOEMA_ZOO_CACHE'] ?? join(ROOT, '.noema/zoo')), dataDir = join(cache, 'platform');
  await rm(dataDir, { recursive: true, force: true });
  await mkdir(dataDir, { recursive: true });
  const platform = await startPlatformProcess({ dataDir, port: 0 });
  const { api_key: key } = JSON.parse(readFileSync(join(dataDir, 'credentials.json'), 'utf8')) as { api_key: string };
  const referee = new Referee(process.env['NOEMA_ZOO_PYTHON'] ?? join(ROOT, '.tools/zoo-python/bin/python'), cache);
  const context = { platform: new ZooPlatform(platform.url, key), referee, cache, training: { epochs: 6, batchSize: 16, learningRate: 0.003 }, explained: 25 };
  const results: CellResult[] = [], kinds = new Map<string, StoredData>();
  try {
    let data: IngestedKind | undefined, refused = '';
    for (const { kind, network } of cells) {
      if (data?.kind !== kind) {
        data = undefined;
        await ingestKind(context, kind).then((made) => { data = made; kinds.set(kind, made.stored); }, (error: unknown) => { refused = (error as Error).message; });
      }
      const result = data === undefined ? { cell: { kind, network }, complaints: [`the data cannot be ingested: ${refused}`], seconds: 0 } : await runCell(context, data, network);
      results.push(result);
      print(result);
    }
  } finally {
    referee.close();
    await platform.stop();
  }
  await writeFile(join(ROOT, 'docs/zoo.md'), zooDocument(keepResults(results, Object.fromEntries(kinds))));
  const failed = results.filter(({ complaints }) => complaints.length > 0).length;
  console.log(`zoo: ${results.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function print({ cell, complaints, figures, heat, seconds }: CellResult): void {
  const verdict = complaints.length === 0 ? 'passed' : `FAILED ${complaints.join('; ')}`;
  console.log(`${cell.kind}/${cell.network} (${seconds.toFixed(0)} s): ${verdict}`);
  if (process.env['NOEMA_ZOO_VERBOSE'] !== undefined) console.log(`  ${JSON.stringify({ ...figures, heat })}`);
}

process.exitCode = await main(process.argv.slice(2));
