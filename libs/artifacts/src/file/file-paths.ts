import { mkdir, open, readdir, rename, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { findCode } from './file-faults.js';

/** Makes the entries of a directory durable by fsync. */
async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Moves a file to its path so that the move survives a power failure. Creates missing directories, which
 * other processes may prune at the same time.
 */
export async function moveDurably(from: string, to: string): Promise<void> {
  const directory = dirname(to);
  for (let attempt = 0; ; attempt++) {
    const firstMade = await mkdir(directory, { recursive: true });
    try {
      await rename(from, to);
      await syncUpTo(directory, firstMade === undefined ? directory : dirname(firstMade));
      return;
    } catch (error) {
      if (findCode(error) !== 'ENOENT' || attempt === 5) throw error;
    }
  }
}

async function syncUpTo(directory: string, top: string): Promise<void> {
  for (let at = directory; ; at = dirname(at)) {
    await syncDirectory(at);
    if (at === top || at === dirname(at)) return;
  }
}

/** Deletes the directory and its parents below `root`, while they are empty. */
export async function pruneEmpty(directory: string, root: string): Promise<void> {
  for (let at = directory; at.startsWith(`${root}/`); at = dirname(at)) {
    try {
      await rmdir(at);
    } catch {
      return;
    }
  }
}

/** Returns the entries of a directory sorted by name. Empty if the directory does not exist. */
export async function readEntries(path: string) {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (findCode(error) === 'ENOENT' || findCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}
