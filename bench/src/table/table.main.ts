import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { python, PYTHON_FOLDER } from '../python.js';
import { prepareData } from './data/prepare.js';
import { formatDocument, formatLines, formatSection } from './document.js';
import { commit, machine, THREADS } from './machine.js';
import { contest } from './measure/contest.js';
import type { Command } from './measure/side.process.js';
import { findResult, keepResult } from './results.folder.js';
import type { Contestant } from './row.js';
import { rows } from './rows/registry.js';

/**
 * Measures the rows that are named, or all, and writes docs/benchmarks.md: `table.main.js [--rounds 3]
 * [--dry-run] [ROW…]`; a dry run keeps nothing and prints what it would have kept.
 */
const DOCUMENT = fileURLToPath(new URL('../../../../docs/benchmarks.md', import.meta.url));
const SIDE = fileURLToPath(new URL('./sides/side.main.js', import.meta.url));
const MIN_ROUNDS = 3;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: String(MIN_ROUNDS) },
    'dry-run': { type: 'boolean', default: false },
  },
});
const rounds = Math.max(MIN_ROUNDS, Number(values.rounds));
const asked = (positionals.length > 0 ? positionals : rows.keys()).map((key) => rows.get(key));
const print = (line: string): void => {
  console.log(`  ${line}`);
};

console.log(
  `${machine().cores} × ${machine().processor}, ${machine().memoryGib} GiB; ${rounds} rounds of ` +
    `${asked.map(({ key }) => key).join(', ')}`,
);
const measuredAt = commit();
const peers = python(print);
const data = await prepareData(print);
const held =
  cpus().length > THREADS && spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0
    ? ['taskset', '-c', `0-${THREADS - 1}`]
    : [];

const toCommand = ({ side, script: [name, ...args] }: Contestant): Command | { readonly missing: string } => {
  if (side === 'peer' && 'missing' in peers) return peers;
  const line =
    side === 'ours'
      ? [...held, process.execPath, SIDE, data.path, name, ...args]
      : [
          ...held,
          (peers as { interpreter: string }).interpreter,
          '-B',
          join(PYTHON_FOLDER, name),
          data.path,
          ...args,
        ];
  return { program: line[0]!, args: line.slice(1) };
};

for (const row of asked) {
  console.log(`\n${row.key}: ${row.work}`);
  row.prepare?.(data);
  const contestants = await contest(row, {
    rounds: Math.max(rounds, row.minRounds ?? 0),
    threads: THREADS,
    toCommand,
    print,
    saved: { data, interpreter: 'missing' in peers ? undefined : peers.interpreter },
  });
  const result = {
    key: row.key,
    date: new Date().toISOString().slice(0, 10),
    commit: measuredAt,
    machine: machine(),
    contestants,
  };
  console.log(['', ...formatLines(row, result), ...formatSection(row, result)].join('\n'));
  if (values['dry-run']) continue;
  keepResult(result);
  writeFileSync(
    DOCUMENT,
    formatDocument(
      rows.keys().map((key) => rows.get(key)),
      findResult,
    ),
  );
}
