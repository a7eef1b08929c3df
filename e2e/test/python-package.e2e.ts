import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const PACKAGE = fileURLToPath(new URL('../../../sdks/python', import.meta.url));
const PYTEST = join(PACKAGE, '.venv/bin/pytest');
const isInstalled = existsSync(PYTEST);
if (!isInstalled) console.warn('no sdks/python/.venv: run `make python` to run the tests of the package');

it.skipIf(!isInstalled)(
  'the Python package passes its own tests: spool, records, datasets, uploads, forks, ranks',
  async () => {
    const { stdout } = await promisify(execFile)(PYTEST, ['-q', '-rs', '-p', 'no:cacheprovider'], {
      cwd: PACKAGE,
      env: { ...process.env, NOEMA_TRIALS: '2' },
      maxBuffer: 2 ** 24,
    }).catch((error: unknown) => {
      // The output of pytest has the reason.
      throw new Error((error as { readonly stdout?: string }).stdout?.slice(-8_000) ?? String(error));
    });
    console.log(stdout.trimEnd().split('\n').slice(-8).join('\n'));
    expect(stdout).toMatch(/\d+ passed/);
    expect(stdout).not.toMatch(/\d+ (failed|error)/);
  },
  600_000,
);
