import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { type ArtifactRef, type Clock, systemClock } from '@noema/kernel';
import { checkKey, formatUri } from '../artifact-key.js';
import type { ArtifactDownload, ArtifactStore, ByteRange, StoredArtifact } from '../artifact-store.js';
import { artifactDamaged, storeFailed } from '../artifact.errors.js';
import { readChunks, readInto, computeSha256, sha256OfFile, writeAt } from '../file/file-hash.js';
import type { LocalCopies } from '../local/local-copies.js';
import type { S3Calls } from './s3-calls.js';
import { ObjectMismatch, readPieces } from './s3-reader.js';
import type { Presigner } from './s3-presigner.js';
import { filePayload, readPayload } from './s3-spool.js';
import { writeObject } from './s3-writer.js';

const QUARANTINE = '.quarantine/';

export interface S3StoreOptions {
  readonly calls: S3Calls;
  readonly copies: LocalCopies;
  /** Creates URLs that clients can reach. */
  readonly presigner?: Presigner;
  readonly clock?: Clock;
}

/**
 * Stores artifacts as objects of one S3 bucket. `LocalCopies` keeps objects that were read on the local disk;
 * copies are verified on every read as well.
 */
export class S3ArtifactStore implements ArtifactStore {
  private readonly calls: S3Calls;
  private readonly copies: LocalCopies;
  private readonly clock: Clock;

  constructor(private readonly options: S3StoreOptions) {
    [this.calls, this.copies, this.clock] = [options.calls, options.copies, options.clock ?? systemClock];
  }

  async put(
    key: string,
    bytes: Uint8Array | AsyncIterable<Uint8Array>,
    mediaType: string,
  ): Promise<ArtifactRef> {
    checkKey(key);
    await this.calls.open();
    const spooled = await readPayload(bytes, this.copies);
    try {
      const { payload } = spooled;
      const uri = formatUri(key, payload.sha256);
      await writeObject(this.calls, uri, { payload, mediaType });
      return { uri, mediaType, sha256: payload.sha256, sizeBytes: payload.sizeBytes };
    } finally {
      await spooled.close();
    }
  }

  async get(ref: ArtifactRef): Promise<Uint8Array> {
    checkKey(ref.uri);
    return (
      (await this.copied(ref)) ??
      this.verified(ref, async () => {
        const bytes = new Uint8Array(ref.sizeBytes);
        for await (const _ of readPieces(this.calls, ref, bytes));
        const sha256 = await computeSha256(bytes);
        if (sha256 !== ref.sha256) throw new ObjectMismatch(`sha256 ${sha256}`);
        // A failed copy does not matter: the bytes are available.
        await this.copies
          .add(ref, (handle) => writeAt(handle, bytes, 0))
          .then(
            (handle) => handle.close(),
            () => undefined,
          );
        return bytes;
      })
    );
  }

  async *openRead(ref: ArtifactRef, range?: ByteRange): AsyncGenerator<Uint8Array> {
    checkKey(ref.uri);
    const handle =
      (await this.opened(ref)) ??
      (await this.verified(ref, () =>
        this.copies.add(ref, async (file) => {
          const sha256 = await this.download(ref, file);
          if (sha256 !== ref.sha256) throw new ObjectMismatch(`sha256 ${sha256}`);
        }),
      ));
    try {
      yield* readChunks(handle, range);
    } finally {
      await handle.close();
    }
  }

  async stat(uri: string): Promise<StoredArtifact | undefined> {
    checkKey(uri);
    await this.calls.open();
    return this.calls.stat(uri);
  }

  async *list(prefix: string): AsyncGenerator<StoredArtifact> {
    const directory = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    if (directory !== '' && !/^(?:[A-Za-z0-9][A-Za-z0-9._-]*\/)+$/.test(directory)) checkKey(prefix);
    await this.calls.open();
    for await (const artifact of this.calls.list(prefix)) if (!artifact.uri.startsWith('.')) yield artifact;
  }

  async delete(uri: string): Promise<void> {
    checkKey(uri);
    await this.calls.open();
    await this.calls.delete(uri);
  }

  async presign(ref: ArtifactRef, ttlSeconds: number): Promise<ArtifactDownload | undefined> {
    checkKey(ref.uri);
    return this.options.presigner?.(ref, ttlSeconds);
  }

  async sweepAbandoned(graceMs: number): Promise<number> {
    await this.calls.open();
    let swept = await this.copies.sweep(graceMs);
    for await (const upload of this.calls.listUploads()) {
      if (this.clock.now().getTime() - upload.begunAt.getTime() < graceMs) continue;
      await this.calls.abortUpload(upload);
      swept++;
    }
    return swept;
  }

  /** Returns the verified bytes of the local copy, or undefined. Deletes a damaged copy. */
  private async copied(ref: ArtifactRef): Promise<Uint8Array | undefined> {
    const copy = await this.copies.find(ref);
    if (copy === undefined) return undefined;
    try {
      const bytes = new Uint8Array(ref.sizeBytes);
      await readInto(bytes, copy);
      if ((await computeSha256(bytes)) === ref.sha256) return bytes;
    } finally {
      await copy.close();
    }
    await this.copies.drop(ref);
    return undefined;
  }

  /** Returns the open, verified local copy, or undefined. */
  private async opened(ref: ArtifactRef): Promise<FileHandle | undefined> {
    const copy = await this.copies.find(ref);
    if (copy === undefined || (await sha256OfFile(copy)) === ref.sha256) return copy;
    await copy.close();
    await this.copies.drop(ref);
    return undefined;
  }

  /** Downloads the object into a file and returns its hash. */
  private async download(ref: ArtifactRef, file: FileHandle): Promise<string> {
    const hash = createHash('sha256');
    let at = 0;
    for await (const piece of readPieces(this.calls, ref)) {
      hash.update(piece);
      await writeAt(file, piece, at);
      at += piece.length;
    }
    return hash.digest('hex');
  }

  /**
   * Reads and verifies. Reads a mismatching object once more before reporting it as damaged, because the
   * fault may be in the transfer.
   */
  private async verified<T>(ref: ArtifactRef, read: () => Promise<T>): Promise<T> {
    await this.calls.open();
    for (let tries = 1; ; tries++) {
      try {
        return await read();
      } catch (error) {
        if (!(error instanceof ObjectMismatch)) throw error;
        if (await this.putAside(ref)) throw artifactDamaged(ref, error.found);
        if (tries === 2) throw storeFailed(`reading "${ref.uri}"`, error);
      }
    }
  }

  /** Moves a damaged object into quarantine. Returns false if the object turns out to be intact. */
  private async putAside(ref: ArtifactRef): Promise<boolean> {
    const found = await this.calls.stat(ref.uri);
    if (found === undefined) return true;
    const [file, { sizeBytes }] = [await this.copies.scratch(), found];
    try {
      const sha256 = await this.download({ ...ref, sizeBytes }, file);
      if (sha256 === ref.sha256 && sizeBytes === ref.sizeBytes) return false;
      const stamp = this.clock.now().toISOString().replaceAll(':', '');
      await writeObject(this.calls, `${QUARANTINE}${ref.uri}.${stamp}`, {
        payload: filePayload(file, { sizeBytes, sha256 }),
        mediaType: 'application/octet-stream',
      });
      await this.calls.delete(ref.uri);
      return true;
    } finally {
      await file.close();
    }
  }
}
