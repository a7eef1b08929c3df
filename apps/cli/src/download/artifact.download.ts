import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { type ArtifactRef, DomainError, isRetryable } from '@noema/kernel';

/** Source and target of a download. */
export interface ArtifactDownload {
  readonly artifact: ArtifactRef;
  /** The file to make; its received part waits next to it as `<target>.part`. */
  readonly target: string;
  /** The bytes from an offset on; asked again, with another offset, when it breaks off. */
  readonly read: (offset: number) => AsyncIterable<Uint8Array>;
  readonly onProgress?: (doneBytes: number) => void;
}

const TRIES_WITHOUT_PROGRESS = 4;

/**
 * Writes an artifact into a file and checks its hash. An interrupted download is resumed, in this call and in
 * later ones. Throws `data-loss` DOWNLOAD_DAMAGED if the bytes differ from the artifact; the file is then
 * deleted.
 */
export async function downloadArtifact({
  artifact,
  target,
  read,
  onProgress,
}: ArtifactDownload): Promise<void> {
  const part = `${target}.part`;
  const file = await open(part, 'a+');
  try {
    const hash = createHash('sha256');
    let done = await hashed(file, hash);
    for (let failures = 0; done < artifact.sizeBytes; ) {
      const before = done;
      try {
        for await (const chunk of read(done)) {
          hash.update(chunk);
          await file.appendFile(chunk);
          done += chunk.length;
          onProgress?.(done);
        }
        if (done === before)
          throw new DomainError(
            'unavailable',
            'DOWNLOAD_BROKEN',
            `the download of "${artifact.uri}" ended after ${done} of ${artifact.sizeBytes} bytes; the ` +
              'same command goes on there',
          );
      } catch (error) {
        failures = done > before ? 0 : failures + 1;
        if (
          failures >= TRIES_WITHOUT_PROGRESS ||
          !isRetryable(error) ||
          (error as Error).name === 'AbortError'
        )
          throw error;
      }
    }
    await file.sync();
    const sha256 = hash.digest('hex');
    if (done !== artifact.sizeBytes || sha256 !== artifact.sha256) {
      await rm(part);
      throw new DomainError(
        'data-loss',
        'DOWNLOAD_DAMAGED',
        `what came of "${artifact.uri}" has ${done} bytes with sha256 ${sha256}, not ` +
          `${artifact.sizeBytes} with ${artifact.sha256}; it was removed: start the download again`,
        { metadata: { uri: artifact.uri } },
      );
    }
  } finally {
    await file.close();
  }
  await rename(part, target);
}

/** Feeds what the file has into the hash and returns how many bytes those are. */
async function hashed(file: FileHandle, hash: ReturnType<typeof createHash>): Promise<number> {
  const buffer = new Uint8Array(1 << 20);
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return at;
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}
