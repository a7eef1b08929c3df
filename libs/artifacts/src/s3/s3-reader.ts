import type { ArtifactRef } from '@noema/kernel';
import { artifactMissing } from '../artifact.errors.js';
import type { S3Body, S3Calls } from './s3-calls.js';
import { PART_BYTES } from './s3-writer.js';

/** The object differs from its reference. */
export class ObjectMismatch extends Error {
  constructor(readonly found: string) {
    super(`the object has ${found}`);
  }
}

/**
 * Yields the bytes of an object in pieces of at most 8 MiB. Each piece is read by a separate call with its
 * own retries. The pieces are written into `into` if given, otherwise all into one buffer: use a piece before
 * requesting the next. Throws `data-loss` ARTIFACT_MISSING, or ObjectMismatch if the size differs.
 */
export async function* readPieces(
  calls: S3Calls,
  ref: ArtifactRef,
  into?: Uint8Array,
): AsyncGenerator<Uint8Array> {
  const { uri, sizeBytes } = ref;
  const buffer = into ?? new Uint8Array(Math.min(sizeBytes, PART_BYTES));
  for (let from = 0; from < sizeBytes || from === 0; from += PART_BYTES) {
    const to = Math.min(from + PART_BYTES, sizeBytes);
    const piece = into === undefined ? buffer.subarray(0, to - from) : buffer.subarray(from, to);
    const objectBytes = await calls.get(uri, sizeBytes <= PART_BYTES ? undefined : { from, to }, (body) =>
      fill(piece, body, sizeBytes),
    );
    if (objectBytes === undefined) throw artifactMissing(ref);
    if (objectBytes !== sizeBytes) throw new ObjectMismatch(`${objectBytes} bytes`);
    yield piece;
  }
}

/**
 * Fills the piece from a response and returns the size of the whole object. Reads nothing if the size is
 * unexpected.
 */
async function fill(
  piece: Uint8Array,
  { chunks, objectBytes }: S3Body,
  expectedBytes: number,
): Promise<number> {
  if (Number.isFinite(objectBytes) && objectBytes !== expectedBytes) return objectBytes;
  await readChunks(piece, chunks);
  return expectedBytes;
}

/** Fills the piece. Throws an error if more or fewer bytes come. */
export async function readChunks(piece: Uint8Array, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  let at = 0;
  for await (const chunk of chunks) {
    if (at + chunk.length > piece.length) throw new Error(`more than ${piece.length} bytes came`);
    piece.set(chunk, at);
    at += chunk.length;
  }
  if (at < piece.length) throw new Error(`${at} of ${piece.length} bytes came`);
}
