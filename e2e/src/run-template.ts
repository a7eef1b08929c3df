import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitFor } from '@noema/testing';

/** Longest time that one test file waits for the template of another. */
const TEMPLATE_MS = 590_000;

type Outcome<T> = { readonly value: T } | { readonly error: string };

/**
 * Fills an empty directory with what `make` leaves in a fresh one, and returns what `make` returned, as JSON.
 * The first test file of a run that needs the template makes it; the others get a copy, since a data
 * directory works wherever it lies. Throws in every file if `make` throws.
 */
export async function copyRunTemplate<T>(
  name: string,
  directory: string,
  make: (template: string) => Promise<T>,
): Promise<T> {
  const shared = process.env['NOEMA_TEST_RUN_DIR'];
  if (shared === undefined) return make(directory);
  const template = join(shared, name);
  const file = join(shared, `${name}.json`);
  if (await isFirst(template)) {
    const outcome = await make(template).then(
      (value): Outcome<T> => ({ value }),
      (error: unknown): Outcome<T> => ({ error: String(error) }),
    );
    await writeFile(`${file}.part`, JSON.stringify(outcome));
    await rename(`${file}.part`, file);
  } else await waitFor(() => existsSync(file), { timeoutMs: TEMPLATE_MS, what: `the template ${template}` });
  const outcome = JSON.parse(await readFile(file, 'utf8')) as Outcome<T>;
  if ('error' in outcome) throw new Error(`the template ${template} was not made: ${outcome.error}`);
  await promisify(execFile)('cp', ['-a', `${template}/.`, directory]);
  return outcome.value;
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
