import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the scripts of the peers are. */
export const PYTHON_FOLDER = fileURLToPath(new URL('../../python', import.meta.url));
const ENVIRONMENTS = fileURLToPath(new URL('../../../.noema', import.meta.url));

/** The interpreter that has the peers, or the reason why it is missing. */
export type Python = { readonly interpreter: string } | { readonly missing: string };

/**
 * The interpreter with the peers of `bench/python/requirements.txt`, or of `requirements-<part>.txt` in an environment
 * of its own: installed on first use, and again when the file has changed.
 */
export function python(print: (line: string) => void, part?: string): Python {
  const suffix = part === undefined ? '' : `-${part}`;
  const requirements = join(PYTHON_FOLDER, `requirements${suffix}.txt`);
  const venv = join(ENVIRONMENTS, `bench-python${suffix}`);
  const ready = join(venv, 'ready');
  const interpreter = join(venv, 'bin/python');
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  if (existsSync(ready) && readFileSync(ready, 'utf8') === wanted) return { interpreter };
  print('installing the Python peers once');
  for (const [command, ...args] of [
    ['python3', '-m', 'venv', venv],
    [interpreter, '-m', 'pip', 'install', '--quiet', '-r', requirements],
  ] as const) {
    const { status, stderr } = spawnSync(command, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (status !== 0)
      return {
        missing: `the Python peers cannot be installed: ${lastLine(stderr) ?? `${command} is not here`}`,
      };
  }
  writeFileSync(ready, wanted);
  return { interpreter };
}

const lastLine = (text: string | null): string | undefined => text?.trim().split('\n').at(-1);
