import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { PACKAGE_PROGRAMS, warnIfMissing } from '../src/python-programs.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PACKAGE = join(ROOT, 'sdks/python');
const { folder: PROGRAMS, isInstalled } = PACKAGE_PROGRAMS;
warnIfMissing(PACKAGE_PROGRAMS, 'the tests of the package');

/** Output of a program; its failure is the error. */
async function run(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, {
    cwd: PACKAGE,
    env: { ...process.env, NOEMA_TRIALS: '2' },
    maxBuffer: 2 ** 24,
  }).catch((error: unknown) => {
    throw new Error((error as { readonly stdout?: string }).stdout?.slice(-8_000) || String(error));
  });
  return stdout;
}

it.skipIf(!isInstalled)(
  'the Python package passes its own tests: spool, records, datasets, uploads, forks, ranks',
  async () => {
    const printed = await run(join(PROGRAMS, 'pytest'), '-q', '-rs', '-p', 'no:cacheprovider');
    console.log(printed.trimEnd().split('\n').slice(-8).join('\n'));
    expect(printed).toMatch(/\d+ passed/);
    expect(printed).not.toMatch(/\d+ (failed|error)/);
  },
  600_000,
);

it.skipIf(!isInstalled)(
  'the Python package is typed for mypy and pyright, both strict, and clean for ruff',
  async () => {
    expect(await run(join(PROGRAMS, 'mypy'), '--no-incremental')).toContain('no issues found');
    const pyright = join(ROOT, 'node_modules/pyright/index.js');
    expect(await run(process.execPath, pyright, '--pythonpath', join(PROGRAMS, 'python'))).toContain(
      '0 errors, 0 warnings',
    );
    expect(await run(join(PROGRAMS, 'ruff'), 'check', '--no-cache', 'src', 'tests')).toContain(
      'All checks passed',
    );
  },
  600_000,
);
