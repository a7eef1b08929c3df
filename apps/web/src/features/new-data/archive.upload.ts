import type { ArtifactRef } from '@noema/contracts/noema/type/v1/artifact_ref';
import { DomainError } from '@noema/kernel/domain-error';
import { requireStoredQuota } from '@noema/rest/stored-quota';
import { tokens } from '../../api/clients.js';
import { integrations } from '../../api/making-clients.js';
import { usage } from '../../api/team-clients.js';
import { bytes } from '../../parts/numbers.js';

/** Bytes of one call; as base64 in JSON they stay below the largest body of the gateway. */
const PART_BYTES = 4 * 2 ** 20;
/** Parts that are looked up in one call. */
const LOOKED_UP = 16;
const MAX_BYTES = 2 * 2 ** 30;
/** A part on a slow line. */
const PART_MS = 300_000;

/** How much of an archive is uploaded. */
export interface UploadProgress {
  readonly done: number;
  readonly total: number;
  /** Bytes that the project had before, and that were not sent again. */
  readonly known: number;
}

/**
 * Sends an archive in parts, named by their content: parts that the project has are not sent. Throws `exhausted`
 * QUOTA_EXCEEDED before anything is sent, and what the platform refuses.
 */
export async function uploadArchive(
  projectId: string,
  archive: Blob,
  signal: AbortSignal,
  report: (progress: UploadProgress) => void,
): Promise<ArtifactRef[]> {
  const total = archive.size;
  if (total > MAX_BYTES)
    throw new DomainError(
      'invalid',
      'DATA_TOO_LARGE',
      `these files have ${bytes(total)}, and ${bytes(MAX_BYTES)} can be uploaded; drop a part of them, or open ` +
        'them on the machine of the platform with "noema datasets open"',
    );
  await requireStoredQuota({ tokens, usage }, total, bytes, { signal });
  const parts: ArtifactRef[] = [];
  let [done, known] = [0, 0];
  report({ done, total, known });
  for (let from = 0; from < total; from += LOOKED_UP * PART_BYTES) {
    const slices = cutSlices(archive, from, LOOKED_UP);
    const hashes = await Promise.all(slices.map(hashPart));
    const stored = await findStored(projectId, hashes, signal);
    for (const [at, slice] of slices.entries()) {
      const there = stored.get(hashes[at] ?? '');
      parts.push(
        there ??
          (await send(projectId, slice, signal).catch((error: unknown) => {
            throw toInterrupted(error, done, total);
          })),
      );
      done += slice.size;
      if (there !== undefined) known += slice.size;
      report({ done, total, known });
    }
  }
  return parts;
}

const cutSlices = (archive: Blob, from: number, most: number): Blob[] =>
  Array.from({ length: Math.min(most, Math.ceil((archive.size - from) / PART_BYTES)) }, (_, at) =>
    archive.slice(from + at * PART_BYTES, from + (at + 1) * PART_BYTES),
  );

/** Without a secure connection browsers do not hash; then every part is sent. */
async function hashPart(part: Blob): Promise<string | undefined> {
  if (!globalThis.isSecureContext) return undefined;
  const digest = await crypto.subtle.digest('SHA-256', await part.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function findStored(
  projectId: string,
  hashes: readonly (string | undefined)[],
  signal: AbortSignal,
): Promise<Map<string, ArtifactRef>> {
  const sha256 = hashes.filter((hash) => hash !== undefined);
  if (sha256.length === 0) return new Map();
  const { parts } = await integrations.findWheelParts({ projectId, sha256 }, { signal });
  return new Map(parts.map((part) => [part.sha256, part]));
}

async function send(projectId: string, part: Blob, signal: AbortSignal): Promise<ArtifactRef> {
  const content = new Uint8Array(await part.arrayBuffer());
  const sent = await integrations.uploadWheelPart({ projectId, content }, { signal, timeoutMs: PART_MS });
  return sent.part!;
}

/** A connection that broke says how far the upload came; other errors stay. */
function toInterrupted(error: unknown, done: number, total: number): unknown {
  if (!(error instanceof DomainError) || (error.kind !== 'unavailable' && error.kind !== 'timeout'))
    return error;
  return new DomainError(
    error.kind,
    'UPLOAD_INTERRUPTED',
    `the connection broke after ${bytes(done)} of ${bytes(total)}; ` +
      (globalThis.isSecureContext
        ? 'the platform keeps this part for a day: resume when the connection is back'
        : 'try again when the connection is back. Without HTTPS all of it is sent again'),
  );
}
