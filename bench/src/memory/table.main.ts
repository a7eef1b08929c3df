import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { noemaJson } from '@noema/e2e/command-line';
import { RunningPlatform } from '@noema/e2e/running-platform';
import { machineBusyTicks, TICKS_PER_SECOND } from '../process.tree.js';
import { MemoryPeaks } from '../scale/memory-peaks.js';
import { ProcessorTimes } from '../scale/processor-times.js';
import { unpacked } from './npm.package.js';

/*
 * Three million rows of Parquet (flights of npm vega-datasets) as a dataset version: rows per second of wall time,
 * processor time and the largest resident memory of each process. Ends with 1 below 50,000 rows per second or above
 * 512 MiB. `node bench/dist/src/memory/table.main.js`
 */
const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const PACKAGE = 'vega-datasets@3.2.1';
const ROWS = 3_000_000;
const MIN_ROWS_PER_SECOND = 50_000;
const MAX_BYTES = 512 * 2 ** 20;
/** Manifest that `noema datasets open flights-3m.parquet --truth delay` proposes. */
const MANIFEST = `noema: 1
name: flights
source: {reader: table, path: flights-3m.parquet}
splits: {training: 0.8, validation: 0.2}
inputs:
  features: {encoder: features, columns: [{column: distance, mean: 731.916, std: 575.031}]}
ground_truths:
  delay: {encoder: number, columns: [delay]}
metadata: [date, origin, destination, distance]
visuals:
  row: {kind: table, columns: [distance]}
`;

const cache = resolve(process.env['NOEMA_SHOW_CACHE'] ?? join(ROOT, '.noema/memory-show'));
const [folder, dataDir] = [join(cache, 'flights'), join(cache, 'platform')];
for (const each of [folder, dataDir]) {
  await rm(each, { recursive: true, force: true });
  await mkdir(each, { recursive: true });
}
await copyFile(
  join(await unpacked(cache, PACKAGE), 'data', 'flights-3m.parquet'),
  join(folder, 'flights-3m.parquet'),
);
const manifest = join(folder, 'noema.yaml');
await writeFile(manifest, MANIFEST);

const platform = await RunningPlatform.up(dataDir);
const { pid } = platform.state();
const [peaks, times] = [new MemoryPeaks(() => pid), new ProcessorTimes(pid)];
try {
  const [from, busy] = [performance.now(), machineBusyTicks()];
  const version = await noemaJson<{ sampleCount: number }>(
    dataDir,
    ...['datasets', 'create', manifest, '--name', 'flights'],
  );
  const seconds = (performance.now() - from) / 1000;
  const busySeconds = (machineBusyTicks() - busy) / TICKS_PER_SECOND;
  const ownSeconds = times.all.reduce((sum, [, each]) => sum + each, 0);
  if (version.sampleCount !== ROWS)
    throw new Error(`the version has ${version.sampleCount} samples instead of ${ROWS}`);
  const rate = ROWS / seconds;
  console.log(
    `${Math.round(rate)} rows/s: ${ROWS} rows in ${seconds.toFixed(1)} s on ${cpus().length} cores`,
  );
  console.log(`processors busy ${busySeconds.toFixed(1)} s, the platform ${ownSeconds.toFixed(1)} s of it`);
  for (const [name, each] of times.all.slice(0, 6)) console.log(`  ${each.toFixed(1)} s ${name}`);
  const largest = peaks.all.slice(0, 6);
  for (const [name, bytes] of largest) console.log(`  ${Math.round(bytes / 2 ** 20)} MiB ${name}`);
  process.exitCode = rate >= MIN_ROWS_PER_SECOND && largest.every(([, bytes]) => bytes <= MAX_BYTES) ? 0 : 1;
} finally {
  peaks.stop();
  await platform.down();
}
