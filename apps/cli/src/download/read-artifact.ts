import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ARTIFACT_SERVICES, parseArtifactRef } from '@noema/contracts';
import type { ArtifactRef } from '@noema/contracts/noema/type/v1/artifact_ref';
import type { Noema } from '../noema.js';
import { downloadArtifact } from './artifact.download.js';

/** A service whose resources name artifacts. */
export type ArtifactOwner = (typeof ARTIFACT_SERVICES)[number];

/** Gives the verified bytes of an artifact that a resource of the service names. */
export type ReadArtifact = (owner: ArtifactOwner, ref: ArtifactRef | undefined) => Promise<Uint8Array>;

/** The call that an artifact is read by. */
export interface ArtifactCalls {
  readonly artifacts: Pick<Noema['artifacts'], 'readArtifact'>;
}

/**
 * The bytes of an artifact, through the gateway and a temporary file, so that a broken download is resumed. Throws as
 * `downloadArtifact`.
 */
export async function readThroughGateway(
  noema: ArtifactCalls,
  service: ArtifactOwner,
  ref: ArtifactRef,
  signal: AbortSignal,
): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'noema-artifact-'));
  const target = join(folder, 'artifact');
  try {
    await downloadArtifact({
      artifact: parseArtifactRef(ref, 'artifact'),
      target,
      read: async function* (offset) {
        const parts = noema.artifacts.readArtifact(
          { service, uri: ref.uri, offset: BigInt(offset) },
          { signal },
        );
        for await (const { body } of parts) yield body!.data;
      },
    });
    return await readFile(target);
  } finally {
    await rm(folder, { recursive: true });
  }
}
