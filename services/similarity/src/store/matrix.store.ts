import { artifactKey, type ArtifactStore, readMatrix, writeMatrix } from '@noema/artifacts';
import { type ArtifactRef, DomainError, LruCache } from '@noema/kernel';
import { type NeighborGraph, points, type Points } from '@noema/manifold';
import type { ActivationSet } from '../domain/activation-set.js';
import type { MatrixStore } from '../domain/similarity.ports.js';

const ARROW = 'application/vnd.apache.arrow.file';
/** Third part of the keys of everything that this service stores. */
export const KIND = 'similarity';

/**
 * Bytes of vectors that stay in memory for the next question, and of the same in blocks, which the exact
 * index searches.
 */
const CACHE_BYTES = 256 * 1024 * 1024;

/** Matrices in Arrow files; vectors are read once and kept while there is room. */
export class ArrowMatrixStore implements MatrixStore {
  private readonly kept = new LruCache<Points>(CACHE_BYTES, { weightOf: ({ data }) => 2 * data.byteLength });

  constructor(private readonly store: ArtifactStore) {}

  vectors(set: ActivationSet): Promise<Points> {
    return this.kept.get(set.id, () => this.load(set));
  }

  async putGraph(
    set: ActivationSet,
    id: string,
    part: string,
    { n, k, indices, distances }: NeighborGraph,
  ): Promise<ArtifactRef> {
    const bytes = writeMatrix([
      { name: 'indices', data: indices, rows: n, dims: [k] },
      { name: 'distances', data: distances, rows: n, dims: [k] },
    ]);
    return this.store.put(keyOf(set, id, `${part}.arrow`), bytes, ARROW);
  }

  async graph(ref: ArtifactRef): Promise<NeighborGraph> {
    const file = readMatrix(await this.store.get(ref));
    const [indices, distances] = [file.int32('indices'), file.float32('distances')];
    return { n: file.rows, k: indices.dims[0]!, indices: indices.data, distances: distances.data };
  }

  putIndex(set: ActivationSet, id: string, bytes: Uint8Array): Promise<ArtifactRef> {
    return this.store.put(keyOf(set, id, 'index.bin'), bytes, 'application/octet-stream');
  }

  index(ref: ArtifactRef): Promise<Uint8Array> {
    return this.store.get(ref);
  }

  private async load(set: ActivationSet): Promise<Points> {
    const { sampleCount: n, dimensions: d } = set;
    const all = new Float32Array(new SharedArrayBuffer(4 * n * d));
    let at = 0;
    for (const ref of set.vectors) {
      const { data } = readMatrix(await this.store.get(ref)).float32('vectors');
      if (at + data.length > all.length) throw wrongSize(set, at + data.length);
      all.set(data, at);
      at += data.length;
    }
    if (at !== all.length) throw wrongSize(set, at);
    return points(all, d);
  }
}

const keyOf = (set: ActivationSet, id: string, part: string): string =>
  artifactKey({ teamId: set.teamId, projectId: set.projectId, kind: KIND, id, part });

const wrongSize = (set: ActivationSet, values: number): DomainError =>
  new DomainError(
    'data-loss',
    'VECTORS_SHAPE',
    `the vectors of activation set ${set.id} hold ${values} values, not ${set.sampleCount} × ` +
      `${set.dimensions}; make the set again`,
    { metadata: { activation_set_id: set.id } },
  );
