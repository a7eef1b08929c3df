import { createHash, webcrypto } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

/** Bytes handed on or hashed at once, so that the event loop is never held longer than a moment. */
export const CHUNK_BYTES = 1 << 20;

/** SHA-256 in lower-case hexadecimal, computed on the thread pool. */
export async function sha256Of(bytes: Uint8Array): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)).toString('hex');
}

/** The file from its start in chunks; each chunk is a buffer of its own. */
export async function* chunksOf(handle: FileHandle): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(new Uint8Array(CHUNK_BYTES), 0, CHUNK_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** SHA-256 of a whole open file, in chunks. */
export async function sha256OfFile(handle: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunksOf(handle)) hash.update(chunk);
  return hash.digest('hex');
}
