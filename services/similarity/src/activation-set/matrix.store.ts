import { Inject, Injectable } from '@nestjs/common';
import { artifactKey, type ArtifactStore } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import { type ArtifactRef, LruCache } from '@noema/kernel';
import { type NeighborGraph, points, type Points } from '@noema/manifold';
import {
  ARROW_MEDIA_TYPE,
  joinVectors,
  readNeighbors,
  readVectors,
  writeNeighbors,
} from '@noema/population/files';
import type { ActivationSet } from './activation-set.js';

/** Third part of the keys of everything that this service stores. */
export const SIMILARITY_ARTIFACTS = 'similarity';

/**
 * Bytes of vectors that stay in memory for the next question, and of the same in blocks, which the exact
 * index searches.
 */
const CACHE_BYTES = 256 * 1024 * 1024;

/** Reads and writes matrices as Arrow files; vectors are read once and kept while there is room. */
@Injectable()
export class MatrixStore {
  private readonly kept = new LruCache<Points>(CACHE_BYTES, { weigh: ({ data }) => 2 * data.byteLength });

  constructor(@Inject(ARTIFACT_STORE) private readonly store: ArtifactStore) {}

  /** Returns the vectors of a set [n, d] in memory that threads share. */
  vectors(set: ActivationSet): Promise<Points> {
    return this.kept.get(set.id, () => this.load(set));
  }

  async putGraph(set: ActivationSet, id: string, part: string, graph: NeighborGraph): Promise<ArtifactRef> {
    return this.store.put(formatKey(set, id, `${part}.arrow`), writeNeighbors(graph), ARROW_MEDIA_TYPE);
  }

  async graph(ref: ArtifactRef): Promise<NeighborGraph> {
    return readNeighbors(await this.store.get(ref));
  }

  putIndex(set: ActivationSet, id: string, bytes: Uint8Array): Promise<ArtifactRef> {
    return this.store.put(formatKey(set, id, 'index.bin'), bytes, 'application/octet-stream');
  }

  index(ref: ArtifactRef): Promise<Uint8Array> {
    return this.store.get(ref);
  }

  private async load({ id, sampleCount: rows, dimensions: width, vectors }: ActivationSet): Promise<Points> {
    const { data } = await joinVectors(
      vectors.map((ref) => async () => readVectors(await this.store.get(ref))),
      { rows, width, owner: `activation set ${id}` },
    );
    return points(data, width);
  }
}

const formatKey = (set: ActivationSet, id: string, part: string): string =>
  artifactKey({ teamId: set.teamId, projectId: set.projectId, kind: SIMILARITY_ARTIFACTS, id, part });
