import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { insightKinds } from '@noema/insights';
import { commit, machine, THREADS } from '../table/machine.js';
import { insightBenches } from './bench.registry.js';
import { formatBench, formatDocument } from './document.js';
import { printInsights } from './look.js';
import { findResult, keepResult } from './results.js';
import { SOURCE_KEYS, type SourceKey } from './sources/sources.js';

/**
 * Runs the benches of insights that are named, or all, keeps their rows in `bench/results/insights`, and writes
 * docs/insights.md: `insights.main.js [--quick] [--seed 0] [BENCH…]`. The name of a data set prints the insights of
 * a small network on it. `document` writes the document from the stored rows.
 */
const DOCUMENT = fileURLToPath(new URL('../../../../docs/insights.md', import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, seed: { type: 'string', default: '0' } },
});
const writeDocument = (): void => {
  writeFileSync(DOCUMENT, formatDocument(insightKinds.values(), insightBenches.values(), findResult));
};
for (const key of positionals.length > 0 ? positionals : insightBenches.keys())
  if (key === 'document') writeDocument();
  else if (SOURCE_KEYS.includes(key as SourceKey)) await printInsights(key as SourceKey);
  else await measure(key);

async function measure(key: string): Promise<void> {
  const bench = insightBenches.get(key);
  console.log(`\n${bench.key}: ${bench.title}`);
  const started = performance.now();
  const rows = await bench.run((line) => console.log(`  ${line}`), {
    quick: values.quick,
    seed: Number(values.seed),
    threads: THREADS,
  });
  const result = {
    key,
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    machine: machine(),
    seconds: Math.round((performance.now() - started) / 1000),
    rows,
  };
  console.log(['', ...formatBench(bench, result)].join('\n'));
  if (values.quick) return;
  keepResult(result);
  writeDocument();
}
