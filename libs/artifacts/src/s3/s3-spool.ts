import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { withFileFaults } from '../file/file-faults.js';
import { readInto, computeSha256, writeAt } from '../file/file-hash.js';
import type { LocalCopies } from '../local/local-copies.js';
import { bytesPayload, PART_BYTES, type Payload } from './s3-writer.js';

/** A payload to write, and the function that frees it. */
export interface Spooled {
  readonly payload: Payload;
  close(): Promise<void>;
}

/**
 * Turns a source into a payload with a known hash: a stream must end before its name is known. The first 8
 * MiB wait in memory, longer content on the local disk. Errors of the stream pass unchanged; a full disk is
 * STORE_FULL.
 */
export async function readPayload(
  bytes: Uint8Array | AsyncIterable<Uint8Array>,
  files: LocalCopies,
): Promise<Spooled> {
  if (bytes instanceof Uint8Array) return inMemory(bytes);
  const held: Uint8Array[] = [];
  let heldBytes = 0;
  let file: FileHandle | undefined;
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const flush = async (): Promise<void> => {
    file ??= await files.scratch();
    const [chunk, at] = [Buffer.concat(held.splice(0)), sizeBytes - heldBytes];
    heldBytes = 0;
    await withFileFaults('writing a local file', () => writeAt(file!, chunk, at));
  };
  try {
    for await (const chunk of bytes) {
      hash.update(chunk);
      held.push(Uint8Array.from(chunk)); // the source may use its buffer again
      heldBytes += chunk.length;
      sizeBytes += chunk.length;
      if (heldBytes > PART_BYTES) await flush();
    }
    if (file === undefined) return await inMemory(Buffer.concat(held));
    if (heldBytes > 0) await flush();
    const spool = file;
    return {
      payload: filePayload(spool, { sizeBytes, sha256: hash.digest('hex') }),
      close: () => spool.close(),
    };
  } catch (error) {
    await file?.close();
    throw error;
  }
}

/** The start of a file, as a payload. */
export const filePayload = (
  file: FileHandle,
  { sizeBytes, sha256 }: { readonly sizeBytes: number; readonly sha256: string },
): Payload => ({
  sizeBytes,
  sha256,
  slice: async (from, to) => {
    const bytes = Buffer.alloc(to - from);
    const length = await readInto(bytes, file, from);
    if (length < bytes.length) throw new Error(`a local file ended at byte ${from + length}`);
    return bytes;
  },
});

const inMemory = async (bytes: Uint8Array): Promise<Spooled> => ({
  payload: bytesPayload(bytes, await computeSha256(bytes)),
  close: () => Promise.resolve(),
});
