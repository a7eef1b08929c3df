import { createHash, webcrypto } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { ByteRange } from '../artifact-store.js';

/** Size of the chunks that are hashed or passed on at once, so that the event loop stays responsive. */
export const CHUNK_BYTES = 1 << 20;

/** Returns the SHA-256 in lower-case hexadecimal, computed on the thread pool. */
export async function computeSha256(bytes: Uint8Array): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)).toString(
    'hex',
  );
}

/** Yields the file, or its bytes `from` to `to` (exclusive), in chunks. Each chunk is a separate buffer. */
export async function* readChunks(
  handle: FileHandle,
  { from = 0, to = Infinity }: Partial<ByteRange> = {},
): AsyncGenerator<Uint8Array> {
  for (let position = from; position < to; ) {
    const length = Math.min(CHUNK_BYTES, to - position);
    const { bytesRead, buffer } = await handle.read(new Uint8Array(length), 0, length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/**
 * Fills the buffer from the position. Returns the number of bytes read, which is smaller at the end of the
 * file.
 */
export async function readInto(bytes: Uint8Array, handle: FileHandle, position = 0): Promise<number> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, at, bytes.length - at, position + at);
    if (bytesRead === 0) return at;
    at += bytesRead;
  }
  return bytes.length;
}

/** Writes all bytes at the position. */
export async function writeAt(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; )
    at += (await handle.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
}

/** Returns the SHA-256 of a whole open file, read in chunks. */
export async function sha256OfFile(handle: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of readChunks(handle)) hash.update(chunk);
  return hash.digest('hex');
}
