import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory, waitFor } from '@noema/testing';
import { describe, expect, it } from 'vitest';
import { noema, noemaJson } from '../src/command-line.js';
import { PACKAGE_PROGRAMS, warnIfMissing } from '../src/python-programs.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SCRIPT = join(ROOT, 'e2e/src/fixtures/killed_training.py');
/** NOEMA_TRIALS sets the number of seeds. */
const SEEDS = Array.from({ length: Number(process.env['NOEMA_TRIALS'] ?? 1) }, (_, seed) => seed);
const { python: PYTHON, isInstalled } = PACKAGE_PROGRAMS;
warnIfMissing(PACKAGE_PROGRAMS, 'the tests of recorded runs');

interface Ended {
  readonly signal: string | null;
  readonly output: string;
}

/** Runs the script until it ends; `onStep` hears of every step. */
async function python(
  directory: string,
  args: readonly string[],
  onStep: (step: number) => void = () => undefined,
): Promise<Ended> {
  const child = spawn(PYTHON, args, {
    cwd: directory,
    env: {
      PATH: process.env['PATH'],
      NOEMA_DATA_DIR: join(directory, 'platform'),
      NOEMA_SPOOL: join(directory, 'spool'),
      NOEMA_EXIT_S: '5',
      NOEMA_SEND_S: '0',
    },
  });
  let output = '';
  child.stderr.on('data', (text: Buffer) => {
    output += text.toString();
  });
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  for await (const line of createInterface({ input: child.stdout })) {
    output += `${line}\n`;
    const step = /^step (\d+)$/.exec(line);
    if (step !== null) onStep(Number(step[1]));
  }
  const [code, signal] = await ended;
  if (code !== null && code > 0) throw new Error(`it ended with ${code}: ${output.slice(-3_000)}`);
  return { signal, output };
}

interface Results {
  readonly epochs: Readonly<Record<number, string>>;
  readonly sets: Readonly<Record<number, string>>;
  readonly set_ids: Readonly<Record<number, string>>;
  readonly maps: Readonly<Record<number, string>>;
  readonly aligned: Readonly<Record<number, string>>;
  readonly sets_of_maps: Readonly<Record<number, string>>;
}

/** A trainer records three epochs, is killed, and goes on from the checkpoint of the first: the second is replaced. */
async function goBack(directory: string): Promise<void> {
  expect((await python(directory, [SCRIPT, 'back'])).signal).toBe('SIGKILL');
  const { output } = await python(directory, [SCRIPT, 'again']);
  const line = output
    .trim()
    .split('\n')
    .find((text) => text.startsWith('[{'))!;
  const [before, after] = JSON.parse(line) as [Results, Results];
  // The third epoch came from the old second one, and is deleted with all its results.
  expect(Object.keys(after.epochs)).toEqual(['1', '2']);
  expect(after.sets).toEqual(after.epochs);
  expect(after.epochs[1]).toBe(before.epochs[1]);
  expect(after.epochs[2]).not.toBe(before.epochs[2]);
  expect(after.maps).toEqual({ 1: before.maps[1], 2: expect.any(String) as string });
  expect(after.maps[2]).not.toBe(before.maps[2]);
  expect(after.sets_of_maps).toEqual(after.set_ids);
  expect(after.aligned[2]).toBe(before.maps[1]);
}

describe.skipIf(!isInstalled)('a recorded run whose trainer and platform are killed in mid-epoch', () => {
  it.each(SEEDS)(
    'has epochs that are exact to the bit or partial, seed %i',
    async (seed) => {
      const directory = await temporaryDirectory();
      const data = join(directory.path, 'platform');
      const up = (port: string): Promise<unknown> => noemaJson(data, 'up', '--port', port);
      const state = async (): Promise<{ readonly url: string; readonly pid: number }> =>
        JSON.parse(await readFile(join(data, 'platform.json'), 'utf8')) as { url: string; pid: number };
      const killPlatform = async (): Promise<void> => {
        process.kill(-(await state()).pid, 'SIGKILL');
      };
      try {
        await up('0');
        const { port } = new URL((await state()).url);
        const deaths: Promise<void>[] = [];
        const killAt = 3 + ((seed * 5) % 11);
        const first = await python(directory.path, [SCRIPT, 'train', String(seed), 'fresh'], (step) => {
          if (step === killAt) deaths.push(killPlatform());
        });
        expect(first.signal).toBe('SIGKILL');
        await Promise.all(deaths);
        expect(deaths).toHaveLength(1);
        await up(port);
        const again: Promise<void>[] = [];
        await python(directory.path, [SCRIPT, 'train', String(seed), 'resume'], (step) => {
          if (step === 5) again.push(killPlatform());
        });
        await Promise.all(again);
        expect(again).toHaveLength(1);
        await up(port);
        await python(directory.path, ['-m', 'noema', 'sync']);
        const found = await waitFor(
          async () => {
            const { output } = await python(directory.path, [SCRIPT, 'check']);
            const told = JSON.parse(output.trim().split('\n').at(-1)!) as {
              readonly exact: readonly number[];
              readonly partial: Readonly<Record<string, string>>;
            };
            return told.exact.length + Object.keys(told.partial).length === 3 ? told : undefined;
          },
          { timeoutMs: 300_000, intervalMs: 1_000, what: 'three epochs' },
        );
        console.log(`seed ${seed}: ${JSON.stringify(found)}`);
        // All epochs were logged again from their start, or whole before the kill.
        expect(found).toEqual({ exact: [1, 2, 3], partial: {} });
        if (seed === 0) await goBack(directory.path);
      } finally {
        await noema(data, 'down');
        await directory.remove();
      }
    },
    900_000,
  );
});
