import type { MessageInitShape } from '@bufbuild/protobuf';
import { Inject } from '@nestjs/common';
import { findSplit, splitMessage, parseSplit } from '@noema/contracts';
import {
  type FindSimilarRequest,
  type FindSimilarResponseSchema,
  type RemoveSamplesRequest,
  type RemoveSamplesResponseSchema,
  SimilarityService,
} from '@noema/contracts/noema/similarity/v1/similarity_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { ActivationSetService } from '../activation-set/activation-set.service.js';
import { IndexKinds } from '../vector-index/index-kinds.js';
import { searchedIndexNumbers } from '../vector-index/vector-index.mapper.js';
import { parseWeighting } from './layer-weighting.js';
import { DEFAULT_K } from './search.methods.js';
import { SearchService } from './search.service.js';

/** Serves noema.similarity.v1.SimilarityService. */
@GrpcService(SimilarityService)
export class SearchController implements Handlers<typeof SimilarityService> {
  constructor(
    @Inject(SearchService) private readonly search: SearchService,
    @Inject(ActivationSetService) private readonly sets: ActivationSetService,
    @Inject(IndexKinds) private readonly kinds: IndexKinds,
  ) {}

  async findSimilar(
    request: FindSimilarRequest,
    { principal, signal }: CallContext,
  ): Promise<MessageInitShape<typeof FindSimilarResponseSchema>> {
    const requestedKind = searchedIndexNumbers.key(request.indexKind, request.indexMethod);
    const { similar, candidates, recall, kind, perceptionSpaceId } = await this.search.find(
      principal.teamId,
      {
        activationSetId: request.activationSetId,
        queries: request.queries.map(({ split, sampleId }) => ({ split: parseSplit(split), sampleId })),
        k: request.k === 0 ? DEFAULT_K : request.k,
        splits: request.splits.map(findSplit).filter((split) => split !== undefined),
        filter: request.filter,
        kind: requestedKind && this.kinds.get(requestedKind).key,
        params: request.searchParams ?? {},
        querySetId: request.querySetId,
        weighting: parseWeighting(
          request.depth,
          request.layerWeights,
          requestedKind !== undefined || Object.keys(request.searchParams ?? {}).length > 0,
        ),
        signal,
      },
    );
    return {
      similar: similar.map(({ sample, row, distance, similarity }, at) => ({
        sample: { split: splitMessage(sample.split), sampleId: sample.sampleId },
        row,
        distance,
        similarity,
        rank: at + 1,
      })),
      recall,
      indexKind: searchedIndexNumbers.number(kind),
      indexMethod: kind,
      perceptionSpaceId,
      candidateCount: candidates,
    };
  }

  async removeSamples(
    { activationSetId, selection }: RemoveSamplesRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof RemoveSamplesResponseSchema>> {
    return { removedCount: await this.sets.removeSamples(principal.teamId, activationSetId, selection) };
  }
}
