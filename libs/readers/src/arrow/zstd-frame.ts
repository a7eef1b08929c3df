import { Decompress } from 'fzstd';

/**
 * Decompresses Zstandard frames (RFC 8878) to at most `limit` bytes. The checksums of frames are not verified. Throws
 * an `Error` that names the fault.
 */
export function decodeZstd(frames: Uint8Array, limit: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // the library sizes its output by the frame, which may state any size, so that it is read in chunks
  const stream = new Decompress((chunk) => {
    length += chunk.length;
    if (length > limit) throw new Error(`a ZSTD frame of more than ${limit} bytes`);
    chunks.push(chunk);
  });
  stream.push(frames, true);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
