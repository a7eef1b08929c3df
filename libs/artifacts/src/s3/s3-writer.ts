import type { S3Calls } from './s3-calls.js';

/** Bytes of known length and hash that can be read repeatedly. */
export interface Payload {
  readonly sizeBytes: number;
  /** SHA-256 of all bytes, lower-case hexadecimal. */
  readonly sha256: string;
  slice(from: number, to: number): Promise<Buffer>;
}

/**
 * Maximum bytes per request. Larger objects are sent in parts of this size, one after the other, each with
 * its own retries.
 */
export const PART_BYTES = 8 << 20;
/** Maximum number of parts that every server accepts. Above 78 GiB the parts grow. */
const MAX_PARTS = 10_000;

/**
 * Writes an object, which becomes visible once it is complete. A failed write leaves nothing, or an
 * unfinished upload for the sweeper if aborting fails too.
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
    // The response to a completion may be lost, and the next attempt then finds no upload. The object itself
    // shows whether the completion succeeded.
    const written = await calls.stat(key).catch(() => undefined);
    await calls.abortUpload(upload).catch(() => undefined);
    if (written?.sizeBytes !== sizeBytes) throw error;
  }
}

/** Bytes in memory, as a payload. */
export const bytesPayload = (bytes: Uint8Array, sha256: string): Payload => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { sizeBytes: bytes.length, sha256, slice: (from, to) => Promise.resolve(buffer.subarray(from, to)) };
};
