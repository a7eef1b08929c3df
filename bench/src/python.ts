import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../python', import.meta.url));
const venv = fileURLToPath(new URL('../../../.noema/bench-python', import.meta.url));

/** The interpreter with the peers of `bench/python/requirements.txt`, installed on first use; `undefined` with the reason when there is no Python 3. */
export function python(print: (line: string) => void): string | undefined {
  if (spawnSync('python3', ['-m', 'venv', '--help'], { stdio: 'ignore' }).status !== 0) {
    print('python3 with venv is not here: nothing to compare with');
    return undefined;
  }
  const interpreter = join(venv, 'bin/python');
  if (!existsSync(join(venv, 'ready'))) {
    print('installing the Python peers once');
    execFileSync('python3', ['-m', 'venv', venv]);
    execFileSync(interpreter, ['-m', 'pip', 'install', '--quiet', '-r', join(folder, 'requirements.txt')], { stdio: ['ignore', 'ignore', 'inherit'] });
    execFileSync('touch', [join(venv, 'ready')]);
  }
  return interpreter;
}

/** Runs a script of `bench/python` and gives the JSON of its last line. */
export function runPython<T>(interpreter: string, script: string, args: readonly string[]): T {
  const out = execFileSync(interpreter, [join(folder, script), ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 26 });
  return JSON.parse(out.trim().split('\n').at(-1)!) as T;
}
