import { randomUUID, createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { DomainError } from '@noema/kernel';
import { type ArtifactRef, type Clock, systemClock } from '@noema/kernel';
import { checkKey, formatUri } from '../artifact-key.js';
import type { ArtifactDownload, ArtifactStore, ByteRange, StoredArtifact } from '../artifact-store.js';
import { artifactDamaged, artifactMissing } from '../artifact.errors.js';
import { findCode, withFileFaults } from './file-faults.js';
import { CHUNK_BYTES, readChunks, readInto, computeSha256, sha256OfFile, writeAt } from './file-hash.js';
import { readEntries, moveDurably, pruneEmpty } from './file-paths.js';

const TEMPORARY = '.temporary';
const QUARANTINE = '.quarantine';

export interface FileStoreOptions {
  readonly clock?: Clock;
  /** Opens a temporary file. Tests use it to simulate a full device. */
  readonly openTemporary?: (path: string) => Promise<FileHandle>;
}

/**
 * Stores artifacts as files below one directory: write to a temporary file, fsync, rename, fsync the
 * directory.
 */
export class FileArtifactStore implements ArtifactStore {
  private readonly root: string;
  private readonly clock: Clock;
  private readonly openTemporary: (path: string) => Promise<FileHandle>;

  constructor(root: string, options: FileStoreOptions = {}) {
    this.root = resolve(root);
    this.clock = options.clock ?? systemClock;
    this.openTemporary = options.openTemporary ?? ((path) => open(path, 'wx', 0o640));
  }

  async put(
    key: string,
    bytes: Uint8Array | AsyncIterable<Uint8Array>,
    mediaType: string,
  ): Promise<ArtifactRef> {
    checkKey(key);
    const temporary = join(this.root, TEMPORARY, randomUUID());
    return withFileFaults(`writing "${key}"`, async () => {
      await mkdir(dirname(temporary), { recursive: true });
      try {
        const written = await this.write(temporary, bytes);
        const uri = formatUri(key, written.sha256);
        await moveDurably(temporary, this.toPath(uri));
        return { uri, mediaType, ...written };
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    });
  }

  async get(ref: ArtifactRef): Promise<Uint8Array> {
    return this.reading(ref, async (handle) => {
      const bytes = new Uint8Array(ref.sizeBytes);
      await readInto(bytes, handle);
      const sha256 = await computeSha256(bytes);
      if (sha256 !== ref.sha256) throw await this.quarantine(ref, `sha256 ${sha256}`);
      return bytes;
    });
  }

  async *openRead(ref: ArtifactRef, range?: ByteRange): AsyncGenerator<Uint8Array> {
    const handle = await this.reading(
      ref,
      async (opened) => {
        const sha256 = await sha256OfFile(opened);
        if (sha256 !== ref.sha256) throw await this.quarantine(ref, `sha256 ${sha256}`);
        return opened;
      },
      true,
    );
    try {
      yield* readChunks(handle, range);
    } finally {
      await handle.close();
    }
  }

  async stat(uri: string): Promise<StoredArtifact | undefined> {
    return withFileFaults(`looking at "${uri}"`, async () => this.found(uri));
  }

  async *list(prefix: string): AsyncGenerator<StoredArtifact> {
    const directory = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    if (directory !== '' && !/^(?:[A-Za-z0-9][A-Za-z0-9._-]*\/)+$/.test(directory)) checkKey(prefix);
    yield* this.walk(directory, prefix);
  }

  async delete(uri: string): Promise<void> {
    await withFileFaults(`deleting "${uri}"`, async () => {
      const path = this.toPath(uri);
      await rm(path, { force: true });
      await pruneEmpty(dirname(path), this.root);
    });
  }

  /** Only processes on this machine can reach the files. */
  presign(): Promise<ArtifactDownload | undefined> {
    return Promise.resolve(undefined);
  }

  async sweepAbandoned(graceMs: number): Promise<number> {
    return withFileFaults('sweeping temporary files', async () => {
      let swept = 0;
      for (const entry of await readEntries(join(this.root, TEMPORARY))) {
        const path = join(this.root, TEMPORARY, entry.name);
        try {
          const age = this.clock.now().getTime() - (await stat(path)).mtimeMs;
          if (age < graceMs) continue;
          await unlink(path);
          swept++;
        } catch (error) {
          if (findCode(error) !== 'ENOENT') throw error;
        }
      }
      return swept;
    });
  }

  private toPath(uri: string): string {
    return join(this.root, checkKey(uri));
  }

  private async write(
    path: string,
    bytes: Uint8Array | AsyncIterable<Uint8Array>,
  ): Promise<{ sha256: string; sizeBytes: number }> {
    const handle = await this.openTemporary(path);
    const hash = createHash('sha256');
    let sizeBytes = 0;
    try {
      for await (const chunk of bytes instanceof Uint8Array ? cut(bytes) : bytes) {
        hash.update(chunk);
        sizeBytes += chunk.length;
        await writeAt(handle, chunk, sizeBytes - chunk.length);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    return { sha256: hash.digest('hex'), sizeBytes };
  }

  /**
   * Opens the object, rejects one of another size before reading, and closes it unless the caller keeps it.
   */
  private async reading<T>(
    ref: ArtifactRef,
    work: (handle: FileHandle) => Promise<T>,
    keepOpen = false,
  ): Promise<T> {
    return withFileFaults(`reading "${ref.uri}"`, async () => {
      let handle: FileHandle;
      try {
        handle = await open(this.toPath(ref.uri), constants.O_RDONLY | constants.O_NOFOLLOW);
      } catch (error) {
        throw findCode(error) === 'ENOENT' || findCode(error) === 'ENOTDIR' ? artifactMissing(ref) : error;
      }
      let succeeded = false;
      try {
        const { size } = await handle.stat();
        if (size !== ref.sizeBytes) throw await this.quarantine(ref, `${size} bytes`);
        const result = await work(handle);
        succeeded = true;
        return result;
      } finally {
        if (!keepOpen || !succeeded) await handle.close();
      }
    });
  }

  private async quarantine(ref: ArtifactRef, found: string): Promise<DomainError> {
    const stamp = this.clock.now().toISOString().replaceAll(':', '');
    try {
      await moveDurably(this.toPath(ref.uri), join(this.root, QUARANTINE, `${ref.uri}.${stamp}`));
    } catch (error) {
      if (findCode(error) !== 'ENOENT') throw error;
    }
    return artifactDamaged(ref, found);
  }

  private async found(uri: string): Promise<StoredArtifact | undefined> {
    try {
      const { size, mtime } = await stat(this.toPath(uri));
      return { uri, sizeBytes: size, modifiedAt: mtime };
    } catch (error) {
      if (findCode(error) === 'ENOENT' || findCode(error) === 'ENOTDIR') return undefined;
      throw error;
    }
  }

  private async *walk(directory: string, prefix: string): AsyncGenerator<StoredArtifact> {
    const entries = await withFileFaults(`listing "${prefix}"`, () =>
      readEntries(join(this.root, directory)),
    );
    const names = entries
      .filter((e) => !e.name.startsWith('.'))
      .map((e) => (e.isDirectory() ? `${directory}${e.name}/` : `${directory}${e.name}`));
    for (const name of names.sort()) {
      if (name.endsWith('/')) {
        if (name.startsWith(prefix) || prefix.startsWith(name)) yield* this.walk(name, prefix);
      } else if (name.startsWith(prefix)) {
        const artifact = await this.stat(name);
        if (artifact !== undefined) yield artifact;
      }
    }
  }
}

async function* cut(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
    yield await Promise.resolve(bytes.subarray(at, at + CHUNK_BYTES));
}
