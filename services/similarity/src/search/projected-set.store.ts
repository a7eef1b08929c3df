import type { ArtifactStore } from '@noema/artifacts';
import { LruCache } from '@noema/kernel';
import { points, type Points } from '@noema/manifold';
import { joinVectors, readVectors } from '@noema/population/files';
import type { ActivationSet } from '../activation-set/activation-set.js';
import { notProjectedOnto } from '../vector-index/similarity.errors.js';
import type { ProjectedSet, ProjectedSets, ResponseSources } from '../vector-index/similarity.ports.js';

/** Bytes of projected vectors that stay in memory. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** Vectors of other data in the basis of a set, as the activations service stored them. */
export class StoredProjectedSets implements ProjectedSets {
  private readonly kept = new LruCache<ProjectedSet & { readonly vectors: Points }>(KEPT_BYTES, {
    weightOf: ({ vectors }) => vectors.data.byteLength,
  });

  constructor(
    private readonly store: ArtifactStore,
    private readonly sources: ResponseSources,
  ) {}

  async open(set: ActivationSet, querySetId: string): Promise<ProjectedSet> {
    return this.kept.get(`${set.teamId} ${set.id} ${querySetId}`, async () => {
      const { referenceSetId, datasetVersionId, shards } = await this.sources.of(set.teamId, querySetId);
      if (referenceSetId !== set.id || shards.some(({ vectors }) => vectors === undefined))
        throw notProjectedOnto(querySetId, set.id);
      const { data } = await joinVectors(
        shards.map(
          ({ vectors }) =>
            async () =>
              readVectors(await this.store.get(vectors!)),
        ),
        {
          rows: shards.reduce((sum, { rowCount }) => sum + rowCount, 0),
          width: set.dimensions,
          owner: `activation set ${querySetId}`,
        },
      );
      return { datasetVersionId, vectors: points(data, set.dimensions) };
    });
  }
}
