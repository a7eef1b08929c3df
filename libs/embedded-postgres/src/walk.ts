import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';

/**
 * Files and folders below a folder, as paths relative to it; what vanishes meanwhile is left out, as is what
 * `skips` names.
 */
export async function walk(
  root: string,
  skips: (path: string) => boolean = () => false,
): Promise<{ readonly files: string[]; readonly folders: string[] }> {
  const [files, folders, waiting]: string[][] = [[], [], [root]];
  for (let folder = waiting!.pop(); folder !== undefined; folder = waiting!.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(gone)) {
      const path = join(folder, entry.name);
      const name = relative(root, path);
      if (skips(name)) continue;
      if (entry.isDirectory()) waiting!.push(path);
      if (entry.isDirectory() || entry.isFile()) (entry.isDirectory() ? folders! : files!).push(name);
    }
  }
  return { files: files!.sort(), folders: folders!.sort() };
}

/** A folder that is not there has nothing in it. */
function gone(error: unknown): Dirent[] {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
  throw error;
}
