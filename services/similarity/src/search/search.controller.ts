import type { MessageInitShape } from '@bufbuild/protobuf';
import { Inject } from '@nestjs/common';
import { findSplit, splitOf } from '@noema/contracts';
import {
  type FindSimilarRequest,
  type FindSimilarResponseSchema,
  type RemoveSamplesRequest,
  type RemoveSamplesResponseSchema,
  SimilarityService,
} from '@noema/contracts/noema/similarity/v1/similarity_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { weightingOf } from './layer-weighting.js';
import { RemovalService } from '../activation-set/removal.service.js';
import { Search } from './search.service.js';
import { kindMessage, kindOf, similarMessage } from '../vector-index/vector-index.mapper.js';

@GrpcService(SimilarityService)
export class SimilarityController implements Handlers<typeof SimilarityService> {
  constructor(
    @Inject(Search) private readonly search: Search,
    @Inject(RemovalService) private readonly removal: RemovalService,
  ) {}

  async findSimilar(
    request: FindSimilarRequest,
    { principal, signal }: CallContext,
  ): Promise<MessageInitShape<typeof FindSimilarResponseSchema>> {
    const { similar, candidates, recall, kind, perceptionSpaceId } = await this.search.find(
      principal.teamId,
      {
        activationSetId: request.activationSetId,
        queries: request.queries.map(({ split, sampleId }) => ({ split: splitOf(split), sampleId })),
        k: request.k === 0 ? 24 : request.k,
        splits: request.splits.map(findSplit).filter((split) => split !== undefined),
        filter: request.filter,
        kind: kindOf(request.indexKind),
        params: request.searchParams ?? {},
        querySetId: request.querySetId,
        weighting: weightingOf(
          request.depth,
          request.layerWeights,
          kindOf(request.indexKind) !== undefined || Object.keys(request.searchParams ?? {}).length > 0,
        ),
        signal,
      },
    );
    return {
      similar: similar.map(similarMessage),
      recall,
      indexKind: kindMessage(kind),
      perceptionSpaceId,
      candidateCount: candidates,
    };
  }

  async removeSamples(
    { activationSetId, selection }: RemoveSamplesRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof RemoveSamplesResponseSchema>> {
    return { removedCount: await this.removal.remove(principal.teamId, activationSetId, selection) };
  }
}
