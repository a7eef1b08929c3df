import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file of a backup: its path below the backup, with `/`. */
export interface BackupFile {
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

const CHUNK_BYTES = 2 ** 20;

/**
 * Copies a file durably and returns the SHA-256 of what was copied; `undefined` when it has vanished in the
 * meantime.
 */
export async function copyFileHashed(
  from: string,
  to: string,
): Promise<Omit<BackupFile, 'path'> | undefined> {
  const source = await open(from, constants.O_RDONLY).catch(vanished);
  if (source === undefined) return undefined;
  try {
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    const target = await open(to, 'wx', 0o600);
    try {
      return await pump(source, target);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function pump(source: FileHandle, target: FileHandle): Promise<Omit<BackupFile, 'path'>> {
  const [hash, chunk] = [createHash('sha256'), Buffer.allocUnsafe(CHUNK_BYTES)];
  for (let sizeBytes = 0; ; ) {
    const { bytesRead } = await source.read(chunk, 0, CHUNK_BYTES, sizeBytes);
    if (bytesRead === 0) {
      await target.sync();
      return { sha256: hash.digest('hex'), sizeBytes };
    }
    hash.update(chunk.subarray(0, bytesRead));
    for (let written = 0; written < bytesRead; )
      written += (await target.write(chunk, written, bytesRead - written, sizeBytes + written)).bytesWritten;
    sizeBytes += bytesRead;
  }
}

/** Answers `undefined` for a file that is not there, and throws every other fault. */
function vanished(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
  throw error;
}
