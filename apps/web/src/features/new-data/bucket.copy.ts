import { create, fromJsonString, toJsonString } from '@bufbuild/protobuf';
import {
  type CopyObjectsResponse,
  CopyObjectsResponseSchema,
} from '@noema/contracts/noema/datasets/v1/integration_service';
import type { ArtifactRef } from '@noema/contracts/noema/type/v1/artifact_ref';
import { DomainError } from '@noema/kernel/domain-error';
import { integrations } from '../../api/making-clients.js';
import type { UploadProgress } from './archive.upload.js';

/** A call copies 16 MiB from the store of somebody else. */
const COPY_MS = 300_000;
/** The platform deletes parts that no integration names after a day. */
const FRESH_MS = 12 * 3_600_000;

/** Objects of a bucket, and the secret of the team that opens it; empty for a public one. */
export interface BucketPlace {
  readonly url: string;
  readonly secretName: string;
}

/**
 * Has the platform copy the objects, some parts a call. The session of the browser remembers the parts, so that a
 * copy that was cut goes on, also after the page was loaded anew.
 */
export async function copyBucket(
  projectId: string,
  place: BucketPlace,
  signal: AbortSignal,
  report: (progress: UploadProgress) => void,
): Promise<ArtifactRef[]> {
  const key = `noema-copy ${JSON.stringify([projectId, place.url, place.secretName])}`;
  let copied = recall(key);
  const known = copied.parts.length;
  do {
    const request = {
      projectId,
      ...place,
      fromPart: copied.parts.length,
      listing: copied.listing,
    };
    const next = await integrations
      .copyObjects(request, { signal, timeoutMs: COPY_MS })
      .catch((error: unknown) => {
        if (error instanceof DomainError && error.reason === 'OBJECTS_CHANGED')
          sessionStorage.removeItem(key);
        throw error;
      });
    copied = create(CopyObjectsResponseSchema, { ...next, parts: [...copied.parts, ...next.parts] });
    const sizes = copied.parts.map(({ sizeBytes }) => Number(sizeBytes));
    const sum = (count: number): number => sizes.slice(0, count).reduce((all, size) => all + size, 0);
    report({ done: sum(sizes.length), total: Number(copied.sizeBytes), known: sum(known) });
    remember(key, copied);
  } while (copied.parts.length < copied.partCount);
  sessionStorage.removeItem(key);
  return copied.parts;
}

function remember(key: string, copied: CopyObjectsResponse): void {
  try {
    sessionStorage.setItem(key, `${Date.now()} ${toJsonString(CopyObjectsResponseSchema, copied)}`);
  } catch {
    /* without room in the session a copy begins anew */
  }
}

function recall(key: string): CopyObjectsResponse {
  const text = sessionStorage.getItem(key) ?? '';
  const at = text.indexOf(' ');
  return Date.now() - Number(text.slice(0, at)) < FRESH_MS
    ? fromJsonString(CopyObjectsResponseSchema, text.slice(at + 1))
    : create(CopyObjectsResponseSchema);
}
