import { createHash } from 'node:crypto';
import type { ArtifactRef } from '@noema/contracts/noema/type/v1/artifact_ref';
import type { Noema } from '../noema.js';

/** Size of the part in one call; as base64 in JSON it stays below the largest body of the gateway. */
const PART_BYTES = 4 * 2 ** 20;
/** Parts that are looked up in one call, and held in memory meanwhile. */
const LOOKED_UP = 16;

/** Calls that an upload makes. */
export interface PartCalls {
  readonly integrations: Pick<Noema['integrations'], 'findWheelParts' | 'uploadWheelPart'>;
}

/** Parts in their order, and how many of their bytes had to be sent. */
export interface SentParts {
  readonly parts: readonly ArtifactRef[];
  readonly sentBytes: number;
}

/**
 * Sends bytes in parts that are named by their content: parts that the project has are not sent, so that an upload that
 * was cut is resumed. `report` is given the bytes that are there.
 */
export async function sendParts(
  { integrations }: PartCalls,
  projectId: string,
  bytes: AsyncIterable<Uint8Array>,
  report: (doneBytes: number) => void,
): Promise<SentParts> {
  const parts: ArtifactRef[] = [];
  let [done, sentBytes] = [0, 0];
  for await (const contents of batches(cutParts(bytes))) {
    const hashes = contents.map((content) => createHash('sha256').update(content).digest('hex'));
    const found = await integrations.findWheelParts({ projectId, sha256: hashes });
    const stored = new Map(found.parts.map((part) => [part.sha256, part]));
    for (const [at, content] of contents.entries()) {
      let part = stored.get(hashes[at]!);
      if (part === undefined) {
        part = (await integrations.uploadWheelPart({ projectId, content })).part!;
        sentBytes += content.length;
      }
      parts.push(part);
      done += content.length;
      report(done);
    }
  }
  return { parts, sentBytes };
}

/** Parts of the same size, the last one apart, whatever the sizes are in which the bytes come. */
async function* cutParts(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let part = Buffer.allocUnsafe(PART_BYTES);
  let filled = 0;
  for await (const chunk of bytes)
    for (let from = 0; from < chunk.length; ) {
      const piece = chunk.subarray(from, from + PART_BYTES - filled);
      part.set(piece, filled);
      from += piece.length;
      filled += piece.length;
      if (filled === PART_BYTES) {
        yield part;
        [part, filled] = [Buffer.allocUnsafe(PART_BYTES), 0];
      }
    }
  if (filled > 0) yield part.subarray(0, filled);
}

async function* batches(parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer[]> {
  let batch: Buffer[] = [];
  for await (const part of parts) {
    batch.push(part);
    if (batch.length === LOOKED_UP) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
