import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pythonEnvironments } from '@noema/standalone';
import type { CommandContext } from './command-context.js';
import { chooseWheels, isMet, type PythonRequirements } from './python.requirements.js';
import { pipProgram, withWheels } from './wheel.download.js';

const UNUSED_MS = 30 * 86_400_000;

/**
 * Returns the folder of the packages that a module needs in addition to the interpreter of this machine, built
 * as the platform builds it; undefined where the interpreter meets the requirements. Folders that were not used
 * for 30 days are deleted. Throws as `sendEnvironment`.
 */
export async function localEnvironment(
  { terminal, signal }: CommandContext,
  requirements: PythonRequirements,
): Promise<{ readonly path: string; readonly bytes: number } | undefined> {
  const { buildEnvironment, describeInterpreter } = await pythonEnvironments();
  const python = await describeInterpreter(pipProgram());
  if (await isMet(requirements, python)) return undefined;
  const root = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'noema', 'environments');
  const key = createHash('sha256')
    .update(JSON.stringify([requirements.text, python.version, python.platforms, [...python.packages]]))
    .digest('hex');
  const path = join(root, key);
  const now = new Date();
  const exists = await utimes(path, now, now).then(
    () => true,
    () => false,
  );
  if (!exists) {
    terminal.note(`building the environment of ${requirements.path} for Python ${python.version}`);
    await mkdir(root, { recursive: true });
    const partial = join(root, `${key}.${randomUUID()}`);
    try {
      await withWheels({ requirements: requirements.text, python, signal }, async (downloaded) => {
        const wheels = (await chooseWheels(downloaded, requirements, python)).map((wheel) => ({
          ...wheel,
          read: () => readFile(wheel.path),
        }));
        await buildEnvironment(partial, wheels, requirements.requirements, python);
      });
      await rename(partial, path).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // another check built it
      });
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
    await deleteUnused(root);
  }
  return { path, bytes: 0 };
}

async function deleteUnused(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const { mtimeMs } = await stat(join(root, name)).catch(() => ({ mtimeMs: Infinity }));
    if (mtimeMs < Date.now() - UNUSED_MS) await rm(join(root, name), { recursive: true, force: true });
  }
}
