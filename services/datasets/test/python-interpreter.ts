import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const VENV = fileURLToPath(new URL('../../../../sdks/python/.venv/bin/python', import.meta.url));

/**
 * The interpreter of tests: NOEMA_PYTHON, else the virtual environment of `make python`, else `python3`. A
 * sandbox needs an interpreter that all users may read.
 */
export const PYTHON: string = process.env['NOEMA_PYTHON'] ?? (existsSync(VENV) ? VENV : 'python3');
