import { randomUUID } from 'node:crypto';
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type ArtifactRef, DomainError } from '@noema/kernel';
import { findCode, withFileFaults } from '../file/file-faults.js';

export interface LocalCopiesOptions {
  /** A directory that belongs to this user alone. Created if missing. */
  readonly directory: string;
  /** Maximum total size of the copies; 0 keeps none. */
  readonly maxBytes: number;
}

const TRIM_PARTS = 16;
const DAY_MS = 86_400_000;

/**
 * Copies of remote objects on the local disk, named by their hash. The least recently used copies are deleted
 * first. Any number of processes may share a directory: a copy appears as a whole by a rename, and readers of
 * a deleted copy keep it open. One process stays within `maxBytes`; each further process may exceed it by a
 * sixteenth.
 */
export class LocalCopies {
  private prepared: Promise<void> | undefined;
  private addedBytes = Infinity;

  constructor(private readonly options: LocalCopiesOptions) {}

  /** Returns the open copy, not yet verified, or undefined. Throws `precondition` STORE_CACHE_UNSAFE. */
  async find({ sha256, sizeBytes }: ArtifactRef): Promise<FileHandle | undefined> {
    if (this.options.maxBytes === 0) return undefined;
    await this.prepare();
    const handle = await open(this.toPath(sha256), 'r').catch(() => undefined);
    if (handle === undefined) return undefined;
    if ((await handle.stat()).size !== sizeBytes) {
      await handle.close();
      return undefined;
    }
    const now = new Date();
    await handle.utimes(now, now).catch(() => undefined); // only its owner may say that it was used
    return handle;
  }

  async drop({ sha256 }: ArtifactRef): Promise<void> {
    await rm(this.toPath(sha256), { force: true });
  }

  /** Returns a file without a name. Its space is freed when it is closed or when the process ends. */
  async scratch(): Promise<FileHandle> {
    return withFileFaults('making a local file', async () => {
      const path = await this.partialPath();
      const handle = await open(path, 'wx+', 0o600);
      await unlink(path);
      return handle;
    });
  }

  /**
   * Calls `write` to fill a file with the object, and keeps the file unless it is larger than half of
   * `maxBytes`. Returns it open. If `write` throws, nothing remains.
   */
  async add(ref: ArtifactRef, write: (handle: FileHandle) => Promise<void>): Promise<FileHandle> {
    const kept = ref.sizeBytes <= this.options.maxBytes / 2;
    const path = kept ? await withFileFaults('making a local copy', () => this.partialPath()) : undefined;
    const handle =
      path === undefined
        ? await this.scratch()
        : await withFileFaults('making a local copy', () => open(path, 'wx+', 0o600));
    try {
      await withFileFaults(`keeping a local copy of "${ref.uri}"`, () => write(handle));
      if (path !== undefined) await rename(path, this.toPath(ref.sha256));
    } catch (error) {
      await handle.close();
      if (path !== undefined) await rm(path, { force: true });
      throw error;
    }
    if (path !== undefined) await this.trim(ref.sizeBytes);
    return handle;
  }

  /** Deletes files of writers that crashed more than `graceMs` ago. Returns their number. */
  async sweep(graceMs: number): Promise<number> {
    let swept = 0;
    for (const { path, usedMs } of await this.files('partial')) {
      if (usedMs > Date.now() - graceMs) continue;
      await rm(path, { force: true });
      swept++;
    }
    return swept;
  }

  private async trim(addedBytes: number): Promise<void> {
    this.addedBytes += addedBytes;
    const { maxBytes } = this.options;
    if (this.addedBytes < maxBytes / TRIM_PARTS) return;
    this.addedBytes = 0;
    const files = (await this.files('copies')).sort((a, b) => b.usedMs - a.usedMs);
    let total = 0;
    for (const { path, sizeBytes } of files) {
      total += sizeBytes;
      if (total > maxBytes - maxBytes / TRIM_PARTS) await rm(path, { force: true });
    }
    await this.sweep(DAY_MS);
  }

  private async files(folder: string): Promise<{ path: string; sizeBytes: number; usedMs: number }[]> {
    const directory = join(this.options.directory, folder);
    const found = await Promise.all(
      (await readdir(directory).catch(() => [])).map(async (name) => {
        const path = join(directory, name);
        const file = await stat(path).catch(() => undefined);
        return file === undefined ? [] : [{ path, sizeBytes: file.size, usedMs: file.mtimeMs }];
      }),
    );
    return found.flat();
  }

  private toPath(sha256: string): string {
    if (!/^[0-9a-f]{64}$/.test(sha256))
      throw new DomainError(
        'invalid',
        'ARTIFACT_HASH_INVALID',
        `"${sha256}" is no SHA-256 of 64 lower-case hexadecimal digits`,
      );
    return join(this.options.directory, 'copies', sha256);
  }

  private async partialPath(): Promise<string> {
    await this.prepare();
    return join(this.options.directory, 'partial', randomUUID());
  }

  private async prepare(): Promise<void> {
    this.prepared ??= withFileFaults('making a directory for local copies', () =>
      prepare(this.options.directory),
    );
    try {
      await this.prepared;
    } catch (error) {
      this.prepared = undefined;
      throw error;
    }
  }
}

/** Other users of this machine must neither read the copies nor choose their path. */
async function prepare(directory: string): Promise<void> {
  await mkdir(directory, { mode: 0o700 }).catch((error: unknown) => {
    if (findCode(error) !== 'EEXIST') throw error;
  });
  const found = await lstat(directory);
  if (
    !found.isDirectory() ||
    (process.getuid !== undefined && found.uid !== process.getuid()) ||
    (found.mode & 0o077) !== 0
  ) {
    throw new DomainError(
      'precondition',
      'STORE_CACHE_UNSAFE',
      `"${directory}" is not a directory of this user's alone (mode 0700); remove it, or set TMPDIR to ` +
        'a directory that others cannot write',
    );
  }
  for (const folder of ['copies', 'partial'])
    await mkdir(join(directory, folder), { mode: 0o700, recursive: true });
}
