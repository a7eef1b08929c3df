import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Source of the Python package, for PYTHONPATH. */
export const PACKAGE_SOURCE = join(ROOT, 'sdks/python/src');

/** An environment that `make python` fills. */
export interface PythonPrograms {
  readonly folder: string;
  readonly python: string;
  readonly isInstalled: boolean;
  /** The command that prepares it. */
  readonly remedy: string;
}

const environment = (python: string, remedy: string): PythonPrograms => ({
  folder: dirname(python),
  python,
  isInstalled: existsSync(python),
  remedy,
});

/** The package with the tools of its tests. */
export const PACKAGE_PROGRAMS = environment(join(ROOT, 'sdks/python/.venv/bin/python'), '`make python`');

/** The package with PyTorch; NOEMA_TORCH_PYTHON names another interpreter. */
export const TORCH_PROGRAMS = environment(
  resolve(process.env['NOEMA_TORCH_PYTHON'] ?? join(ROOT, '.tools/python-torch/bin/python')),
  '`make python` where PyTorch is installed',
);

/** Says why tests are skipped where an environment is missing. */
export function warnIfMissing({ folder, isInstalled, remedy }: PythonPrograms, tests: string): void {
  if (!isInstalled) console.warn(`no ${folder}: run ${remedy} to run ${tests}`);
}
