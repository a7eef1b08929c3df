import { Inject, Injectable } from '@nestjs/common';
import { artifactKey, type ArtifactStore } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import { type ArtifactRef, uuidv7 } from '@noema/kernel';
import { modelKey, type ModelOwner } from '../model/topology.store.js';

/**
 * Third part of the keys of uploaded parts, which no row names: they go when they are imported, or after a
 * day.
 */
export const UPLOAD_KIND = 'model-files';
const BINARY = 'application/octet-stream';

type FileOwner = Pick<ModelOwner, 'teamId' | 'projectId'>;

/** Stores uploaded parts of files, and what is kept of an import, in the artifact store. */
@Injectable()
export class ModelFileStore {
  constructor(@Inject(ARTIFACT_STORE) private readonly store: ArtifactStore) {}

  keepPart({ teamId, projectId }: FileOwner, content: Uint8Array): Promise<ArtifactRef> {
    return this.store.put(
      artifactKey({ teamId, projectId, kind: UPLOAD_KIND, id: uuidv7(), part: 'part.bin' }),
      content,
      BINARY,
    );
  }

  /** Returns the stored part; `undefined` for a part of another project or a deleted one. */
  async findPart(
    { teamId, projectId }: FileOwner,
    { uri, sha256 }: ArtifactRef,
  ): Promise<ArtifactRef | undefined> {
    const isOwn =
      uri.startsWith(`${teamId}/${projectId}/${UPLOAD_KIND}/`) &&
      /^[0-9a-f]{64}$/.test(sha256) &&
      uri.includes(`.${sha256.slice(0, 16)}.`);
    const stored = isOwn ? await this.store.stat(uri).catch(() => undefined) : undefined;
    return stored && { uri, sha256, sizeBytes: stored.sizeBytes, mediaType: BINARY };
  }

  /** Reads all parts one after the other. Throws `data-loss` when one is not what it was. */
  async *read(parts: readonly ArtifactRef[]): AsyncIterable<Uint8Array> {
    for (const part of parts) yield* this.store.openRead(part);
  }

  saveOriginal(owner: ModelOwner, extension: string, parts: readonly ArtifactRef[]): Promise<ArtifactRef> {
    return this.store.put(modelKey(owner, `imported${extension}`), this.read(parts), BINARY);
  }

  saveWeights(owner: ModelOwner, weights: Uint8Array | AsyncIterable<Uint8Array>): Promise<ArtifactRef> {
    return this.store.put(modelKey(owner, 'weights.bin'), weights, BINARY);
  }

  async removeParts(parts: readonly ArtifactRef[]): Promise<void> {
    // A part that stays is swept like every object without a row.
    await Promise.all(parts.map(({ uri }) => this.store.delete(uri).catch(() => undefined)));
  }
}
