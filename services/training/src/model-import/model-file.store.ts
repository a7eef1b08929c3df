import { artifactKey, type ArtifactStore } from '@noema/artifacts';
import { type ArtifactRef, uuidv7 } from '@noema/kernel';
import type { FileOwner, ModelFiles } from './model-import.ports.js';
import { MODEL_KIND } from '../model/topology.store.js';

/**
 * Third part of the keys of uploaded parts, which no row names: they go when they are imported, or after a
 * day.
 */
export const UPLOAD_KIND = 'model-files';
const BINARY = 'application/octet-stream';

type ModelOwner = FileOwner & { readonly modelId: string };

/** Files of models in the artifact store. */
export class StoredModelFiles implements ModelFiles {
  constructor(private readonly store: ArtifactStore) {}

  keepPart({ teamId, projectId }: FileOwner, content: Uint8Array): Promise<ArtifactRef> {
    return this.store.put(
      artifactKey({ teamId, projectId, kind: UPLOAD_KIND, id: uuidv7(), part: 'part.bin' }),
      content,
      BINARY,
    );
  }

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

  async *read(parts: readonly ArtifactRef[]): AsyncIterable<Uint8Array> {
    for (const part of parts) yield* this.store.openRead(part);
  }

  saveOriginal(owner: ModelOwner, extension: string, parts: readonly ArtifactRef[]): Promise<ArtifactRef> {
    return this.store.put(keyOf(owner, `imported${extension}`), this.read(parts), BINARY);
  }

  saveWeights(owner: ModelOwner, weights: Uint8Array): Promise<ArtifactRef> {
    return this.store.put(keyOf(owner, 'weights.bin'), weights, BINARY);
  }

  async removeParts(parts: readonly ArtifactRef[]): Promise<void> {
    // What stays is swept like every object without a row.
    await Promise.all(parts.map(({ uri }) => this.store.delete(uri).catch(() => undefined)));
  }
}

const keyOf = ({ teamId, projectId, modelId }: ModelOwner, part: string): string =>
  artifactKey({ teamId, projectId, kind: MODEL_KIND, id: modelId, part });
