import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { modulePathInvalid } from '../integration/integration.errors.js';

const RELATIVE_IMPORT = /\b(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g;
const MAX_FILES = 1_000;

/**
 * SHA-256 over a module and what it imports by relative paths, in the order of finding; packages are taken to
 * be installed once and for all. Throws `invalid` MODULE_PATH_INVALID when the module itself is not a
 * readable .js or .mjs file.
 */
export async function moduleDigest(path: string): Promise<string> {
  if (!isAbsolute(path) || !/\.m?js$/.test(path)) throw modulePathInvalid(path);
  const hash = createHash('sha256');
  const files = [path];
  for (let i = 0; i < files.length && i < MAX_FILES; i++) {
    const text = await textOf(files[i]!);
    if (text === undefined && i === 0) throw modulePathInvalid(path);
    hash.update(`\0${text ?? ''}`);
    for (const [, relative] of (text ?? '').matchAll(RELATIVE_IMPORT)) {
      const file = resolve(dirname(files[i]!), relative!);
      if (!files.includes(file)) files.push(file);
    }
  }
  return hash.digest('hex');
}

const textOf = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined);
