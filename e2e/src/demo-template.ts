import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitFor } from '@noema/testing';
import { type CommandResult, noema } from './command-line.js';

/** Longest time that one test file waits for the demo of another. */
const DEMO_MS = 590_000;

/**
 * Fills an empty directory with what `noema demo` leaves in a fresh one, and returns what the command
 * printed. The first test file of a run does the demo; the others get a copy, since a data directory works
 * wherever it lies.
 */
export async function demoInto(directory: string): Promise<CommandResult> {
  const shared = process.env['NOEMA_TEST_RUN_DIR'];
  if (shared === undefined) return noema(directory, 'demo', '--port', '0');
  const template = join(shared, 'demo');
  const outcome = join(shared, 'demo.json');
  if (await isFirst(template)) {
    const result = await noema(template, 'demo', '--port', '0');
    await writeFile(`${outcome}.part`, JSON.stringify(result));
    await rename(`${outcome}.part`, outcome);
  } else await waitFor(() => existsSync(outcome), { timeoutMs: DEMO_MS, what: `the demo in ${template}` });
  await promisify(execFile)('cp', ['-a', `${template}/.`, directory]);
  return JSON.parse(await readFile(outcome, 'utf8')) as CommandResult;
}

/** True for one of all callers: the one whose `mkdir` succeeds. */
async function isFirst(directory: string): Promise<boolean> {
  try {
    await mkdir(directory);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
