import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { modulePathInvalid } from '../integration/integration.errors.js';
import { MODULE_ENDINGS, requireRuntime } from './runtimes/runtime.registry.js';

const MAX_FILES = 1_000;

/**
 * SHA-256 over a module and the modules next to it that it imports, in the order of finding; packages are taken
 * to be installed once and for all. Throws `invalid` MODULE_PATH_INVALID when the module itself is not a
 * readable file of a runtime.
 */
export async function moduleDigest(path: string): Promise<string> {
  const runtime = requireRuntime(path);
  if (!isAbsolute(path)) throw modulePathInvalid(path, MODULE_ENDINGS);
  const hash = createHash('sha256');
  const files = [path];
  for (let i = 0; i < files.length && i < MAX_FILES; i++) {
    const text = await readText(files[i]!);
    if (text === undefined && i === 0) throw modulePathInvalid(path, MODULE_ENDINGS);
    hash.update(`\0${text ?? ''}`);
    for (const file of await runtime.findImports(text ?? '', files[i]!))
      if (!files.includes(file)) files.push(file);
  }
  return hash.digest('hex');
}

const readText = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined);
