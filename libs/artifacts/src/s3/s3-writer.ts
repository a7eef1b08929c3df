import type { S3Calls } from './s3-calls.js';

/** Bytes of known length and hash that can be read again and again. */
export interface Payload {
  readonly sizeBytes: number;
  /** Of all bytes, lower-case hexadecimal. */
  readonly sha256: string;
  slice(from: number, to: number): Promise<Buffer>;
}

/**
 * Bytes sent at once: what is larger goes in parts of this size, one after the other, each tried again by
 * itself.
 */
export const PART_BYTES = 8 << 20;
/** No server takes more parts than these, so that parts grow beyond 78 GiB. */
const MAX_PARTS = 10_000;

/**
 * Writes an object; it is visible when all of it is there. What fails leaves nothing, or an unfinished upload
 * for the sweeper when even giving up fails.
 */
export async function writeObject(
  calls: S3Calls,
  key: string,
  { payload, mediaType }: { readonly payload: Payload; readonly mediaType: string },
): Promise<void> {
  const { sizeBytes, sha256 } = payload;
  if (sizeBytes <= PART_BYTES)
    return calls.put(key, await payload.slice(0, sizeBytes), { sha256, mediaType });
  const upload = await calls.beginUpload(key, mediaType);
  try {
    const partBytes = Math.max(PART_BYTES, Math.ceil(sizeBytes / MAX_PARTS));
    const tags: string[] = [];
    for (let from = 0; from < sizeBytes; from += partBytes)
      tags.push(
        await calls.putPart(
          upload,
          tags.length + 1,
          await payload.slice(from, Math.min(from + partBytes, sizeBytes)),
        ),
      );
    await calls.completeUpload(upload, tags);
  } catch (error) {
    // The answer to a completion may be lost, and the next attempt then finds no upload: the object says
    // which it was.
    const written = await calls.stat(key).catch(() => undefined);
    await calls.abortUpload(upload).catch(() => undefined);
    if (written?.sizeBytes !== sizeBytes) throw error;
  }
}

/** Bytes in memory as what can be written. */
export const bytesPayload = (bytes: Uint8Array, sha256: string): Payload => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { sizeBytes: bytes.length, sha256, slice: (from, to) => Promise.resolve(buffer.subarray(from, to)) };
};
