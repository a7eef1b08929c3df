import { Inject, Injectable } from '@nestjs/common';
import type { ArtifactStore } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import { LruCache } from '@noema/kernel';
import { points, type Points } from '@noema/manifold';
import { joinVectors, readVectors } from '@noema/population/files';
import type { ActivationSet } from '../activation-set/activation-set.js';
import { ActivationsClient } from '../peers/activations.client.js';
import { notProjectedOnto } from './search.errors.js';

/** Bytes of projected vectors that stay in memory. */
const CACHE_BYTES = 64 * 1024 * 1024;

/** Other data whose vectors are in the basis of a set. */
export interface ProjectedSet {
  readonly datasetVersionId: string;
  readonly vectors: Points;
}

/** Vectors of other data in the basis of a set, as the activations service stored them. */
@Injectable()
export class ProjectedSetStore {
  private readonly kept = new LruCache<ProjectedSet>(CACHE_BYTES, {
    weigh: ({ vectors }) => vectors.data.byteLength,
  });

  constructor(
    @Inject(ARTIFACT_STORE) private readonly store: ArtifactStore,
    @Inject(ActivationsClient) private readonly sources: ActivationsClient,
  ) {}

  /** Throws `not-found`, and `precondition` SET_NOT_PROJECTED for vectors in another basis. */
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
