import { cpus, totalmem } from 'node:os';
import { Registry } from '@noema/kernel';
import type { Bench } from './bench.js';
import { loadBench } from './load/load.bench.js';
import { plotsBench } from './page/plots.bench.js';
import { populationBench } from './page/population.bench.js';
import { scaleBench } from './scale/scale.bench.js';
import { umapBench } from './umap.bench.js';

const benches = new Registry<Bench>('benchmark', [
  loadBench,
  plotsBench,
  populationBench,
  scaleBench,
  umapBench,
]);
const asked = process.argv.slice(2);

console.log(
  `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} ` +
    `GiB, Node ${process.version}`,
);
for (const key of asked.length > 0 ? asked : benches.keys()) {
  const bench = benches.get(key);
  console.log(`\n${bench.key}: ${bench.about}`);
  await bench.run((line) => {
    console.log(`  ${line}`);
  });
}
