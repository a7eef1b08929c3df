import { readFile, stat } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { pythonEnvironments, type PythonDescription, type Requirement } from '@noema/standalone';
import type { DownloadedWheel } from './wheel.download.js';

/** The requirements of an integration in Python. */
export interface PythonRequirements {
  /** Path of the requirements.txt. */
  readonly path: string;
  readonly text: string;
  readonly requirements: readonly Requirement[];
}

/**
 * Reads the requirements.txt of a module or folder in Python; undefined where there is none. Throws `invalid`
 * REQUIREMENTS_INVALID.
 */
export async function readRequirements(path: string): Promise<PythonRequirements | undefined> {
  const folder = await pythonFolder(path);
  const file = folder && join(folder, 'requirements.txt');
  const text = file && (await readText(file));
  if (text === undefined || file === undefined) return undefined;
  return { path: file, text, requirements: (await pythonEnvironments()).parseRequirements(text) };
}

/** Folder of the requirements of a module or folder; undefined for code in another language. */
export async function pythonFolder(path: string): Promise<string | undefined> {
  if (extname(path) === '.py') return dirname(path);
  const found = await stat(join(path, 'integration.py')).catch(() => undefined);
  return found?.isFile() === true ? path : undefined;
}

/**
 * Returns true if an interpreter meets the requirements and so needs no environment. Throws `invalid`
 * REQUIREMENTS_NOT_LOCKED if it does not, and one of them pins no version.
 */
export async function isMet(
  { requirements }: Pick<PythonRequirements, 'requirements'>,
  python: PythonDescription,
): Promise<boolean> {
  const { requirementsNotLocked, unmetRequirements } = await pythonEnvironments();
  if (unmetRequirements(requirements, python.packages).length === 0) return true;
  const unlocked = requirements.filter(({ version }) => version === undefined);
  if (unlocked.length > 0) throw requirementsNotLocked(unlocked.map(({ text }) => text));
  return false;
}

/**
 * Returns the wheels that an environment needs, of packages that the interpreter has in another version or lacks.
 * Throws `invalid` REQUIREMENTS_NOT_LOCKED if pip had to add a package that the list does not have, otherwise as
 * `requireWheels`.
 */
export async function chooseWheels(
  wheels: readonly DownloadedWheel[],
  { requirements }: Pick<PythonRequirements, 'requirements'>,
  python: PythonDescription,
): Promise<DownloadedWheel[]> {
  const { parseWheelName, requirementsNotLocked, requireWheels, sameVersion } = await pythonEnvironments();
  const listed = new Set(requirements.map(({ name }) => name));
  const named = wheels.map((wheel) => ({ wheel, ...parseWheelName(wheel.fileName) }));
  const missing = named.filter(({ name }) => !listed.has(name));
  if (missing.length > 0)
    throw requirementsNotLocked(
      missing.map(({ name }) => `${name} is missing, and a package of the list needs it`),
    );
  const needed = named
    .filter(({ name, version }) => !sameVersion(python.packages.get(name) ?? 'none', version))
    .map(({ wheel }) => wheel);
  requireWheels(needed, requirements, python);
  return needed;
}

export const readText = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch(() => undefined);
