import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { python, PYTHON_FOLDER } from '../../python.js';
import type { SideKind } from './side.js';

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));
const SAVE_DIGITS =
  'import sys, numpy as np; x = np.fromfile(sys.argv[1] + "/images.f32", "f4").reshape(-1, 784)[:10000]; ' +
  'y = np.fromfile(sys.argv[1] + "/labels.u8", "u1")[:10000]; np.savez(sys.argv[2], x=x, y=y.astype(int))';
const call = promisify(execFile);

/**
 * From a fresh virtual environment to the first map: `pip install sdks/python`, then a script of twelve lines
 * for which the package starts a platform.
 */
export const firstMapSide: SideKind = {
  key: 'first-map',
  async prepare(data) {
    const found = python(() => undefined);
    if ('missing' in found) throw new Error(found.missing);
    const digits = join(mkdtempSync(join(tmpdir(), 'noema-bench-digits-')), 'digits.npz');
    await call(found.interpreter, ['-c', SAVE_DIGITS, data.path, digits]);
    let folder = '';
    return {
      begin: () => {
        folder = mkdtempSync(join(tmpdir(), 'noema-bench-first-'));
        copyFileSync(digits, join(folder, 'digits.npz'));
        return Promise.resolve();
      },
      work: async () => {
        const venv = join(folder, 'venv');
        const interpreter = join(venv, 'bin/python');
        await call('python3', ['-m', 'venv', venv]);
        await call(interpreter, ['-m', 'pip', 'install', '-q', join(ROOT, 'sdks/python')]);
        const env = { ...process.env, NOEMA_HOME: ROOT, NOEMA_SPOOL: join(folder, 'spool') };
        const { stdout } = await call(interpreter, [join(PYTHON_FOLDER, 'first_map.py')], {
          cwd: folder,
          env,
        });
        if (!/^10000$/m.test(stdout)) throw new Error(`the script printed ${stdout}`);
      },
      save: async () => {
        const cli = join(ROOT, 'apps/cli/dist/src/main.js');
        await call(process.execPath, [cli, '--data-dir', join(folder, '.noema'), 'down']);
        rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
        return {};
      },
    };
  },
};
