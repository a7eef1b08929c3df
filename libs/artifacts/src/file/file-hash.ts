import { createHash, webcrypto } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { ByteRange } from '../artifact-store.js';

/** Bytes handed on or hashed at once, so that the event loop is never held longer than a moment. */
export const CHUNK_BYTES = 1 << 20;

/** SHA-256 in lower-case hexadecimal, computed on the thread pool. */
export async function sha256Of(bytes: Uint8Array): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)).toString(
    'hex',
  );
}

/** The file, or its bytes `from` to `to` (exclusive), in chunks; each chunk is a buffer of its own. */
export async function* chunksOf(
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

/** Fills the buffer from the position, and returns how many bytes there were: fewer when the file ends. */
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

/** SHA-256 of a whole open file, in chunks. */
export async function sha256OfFile(handle: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunksOf(handle)) hash.update(chunk);
  return hash.digest('hex');
}
