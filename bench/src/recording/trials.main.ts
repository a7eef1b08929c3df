import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noema } from '@noema/e2e/command-line';
import { TORCH_PROGRAMS } from '@noema/e2e/python-programs';
import { type Fault, FAULTS, Group } from './faults.js';
import { type EpochFound, Trial, TrialPlatform } from './trial.js';

/*
 * Faults during a training in Python that the package records, each in a process of its own, on one platform.
 * `node bench/dist/src/recording/trials.main.js [key[=first seed[-last seed]] …]`; NOEMA_TORCH_PYTHON names the
 * interpreter. It prints a line for each trial and a table, and ends with 1 where a number is wrong.
 */
const { python: PYTHON } = TORCH_PROGRAMS;

interface Result {
  readonly key: string;
  readonly seed: number;
  readonly wrong: readonly string[];
  readonly whole: number;
  readonly partial: readonly string[];
  readonly seconds: number;
}

/** Where the trials of a fault run. */
interface Place {
  readonly platform: TrialPlatform;
  readonly root: string;
  readonly group: Group;
}

async function runTrial(fault: Fault, seed: number, { platform, root, group }: Place): Promise<Result> {
  const name = `${fault.key}-${seed}`;
  const folder = join(root, name);
  mkdirSync(folder);
  const trial = new Trial(platform, PYTHON, name, seed, folder, fault.work);
  const from = performance.now();
  const wrong: string[] = [];
  let epochs: readonly EpochFound[] = [];
  try {
    const { printed, whole, partial } = await fault.run(trial, group);
    wrong.push(...printed.split('\n').filter((line) => line.startsWith('raised')));
    epochs = await trial.read();
    wrong.push(...epochs.flatMap((one) => one.wrong.map((text) => `epoch ${one.epoch}: ${text}`)));
    const partials = epochs.filter((one) => one.partial !== '');
    if (epochs.length - partials.length < whole || partials.length > partial)
      wrong.push(`${epochs.length - partials.length} whole epochs and ${partials.length} partial ones`);
    // A full disk takes activations, never outputs.
    for (const one of epochs)
      if (one.missing > 0 && one.partial === '') wrong.push(`epoch ${one.epoch} hides`);
    if (fault.key === 'disk') {
      if (partials.length === 0) wrong.push('nothing was left out, so the disk was not full');
      for (const one of partials) if (one.missing > 0) wrong.push(`epoch ${one.epoch} lacks outputs`);
    }
  } catch (error) {
    group.fail(error);
    wrong.push(String(error));
  }
  const partial = epochs.filter((one) => one.partial !== '').map((one) => `${one.epoch}: ${one.partial}`);
  return {
    key: fault.key,
    seed,
    wrong,
    whole: epochs.length - partial.length,
    partial,
    seconds: Math.round((performance.now() - from) / 1_000),
  };
}

/** Seeds of a fault: all, or the range that an argument names. */
function listSeeds(fault: Fault, args: readonly string[]): readonly number[] {
  const all = Array.from({ length: fault.trials }, (_, seed) => seed);
  if (args.length === 0) return all;
  return args.flatMap((arg) => {
    const [key, range] = arg.split('=');
    if (key !== fault.key) return [];
    if (range === undefined) return all;
    const [first, last = first] = range.split('-').map(Number);
    return Array.from({ length: last! - first! + 1 }, (_, i) => first! + i);
  });
}

const print = ({ key, seed, wrong, whole, partial, seconds }: Result): void => {
  const more = [...partial.map((text) => `partial ${text}`), ...wrong.map((text) => `WRONG ${text}`)];
  console.log(
    [`${key} ${seed}: ${whole} whole, ${partial.length} partial, ${seconds} s`, ...more].join('\n  '),
  );
};

async function main(args: readonly string[]): Promise<number> {
  if (spawnSync(PYTHON, ['-c', 'import torch, grpc']).status !== 0)
    throw new Error(`${PYTHON} has no torch and grpcio; name an interpreter by NOEMA_TORCH_PYTHON`);
  const root = mkdtempSync(join(tmpdir(), 'noema-trials-'));
  const platform = new TrialPlatform(join(root, 'platform'));
  const results: Result[] = [];
  try {
    await platform.up();
    for (const fault of FAULTS) {
      const seeds = listSeeds(fault, args);
      const group = new Group(platform, seeds.length);
      await Promise.all(
        seeds.map(async (seed) => {
          const result = await runTrial(fault, seed, { platform, root, group });
          print(result);
          results.push(result);
        }),
      );
    }
  } finally {
    await noema(platform.directory, 'down');
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  }
  console.log(
    '\n| fault | trials | epochs, exact to the bit | epochs, named as partial | wrong |\n|---|---|---|---|---|',
  );
  for (const fault of FAULTS) {
    const own = results.filter(({ key }) => key === fault.key);
    if (own.length === 0) continue;
    const sum = (count: (result: Result) => number): number =>
      own.reduce((total, one) => total + count(one), 0);
    console.log(
      `| ${fault.title} | ${own.length} | ${sum(({ whole }) => whole)} | ${sum(({ partial }) => partial.length)} | ` +
        `${own.filter(({ wrong }) => wrong.length > 0).length} |`,
    );
  }
  return results.some(({ wrong }) => wrong.length > 0) ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
