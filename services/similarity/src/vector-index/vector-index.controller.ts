import type { MessageInitShape } from '@bufbuild/protobuf';
import { Inject } from '@nestjs/common';
import {
  type CreateIndexRequest,
  type CreateIndexResponseSchema,
  type DeleteIndexRequest,
  type GetIndexRequest,
  type GetIndexResponseSchema,
  IndexService,
  type ListIndexesRequest,
  type ListIndexesResponseSchema,
} from '@noema/contracts/noema/similarity/v1/index_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { jobMessage, JobStore } from '@noema/jobs';
import { indexMessage, indexNumbers } from './vector-index.mapper.js';
import { VectorIndexService } from './vector-index.service.js';

/** Serves noema.similarity.v1.IndexService. */
@GrpcService(IndexService)
export class VectorIndexController implements Handlers<typeof IndexService> {
  constructor(
    @Inject(Commands) private readonly commands: Commands,
    @Inject(VectorIndexService) private readonly indexes: VectorIndexService,
    @Inject(JobStore) private readonly jobs: JobStore,
  ) {}

  createIndex(
    request: CreateIndexRequest,
    ctx: CallContext,
  ): Promise<MessageInitShape<typeof CreateIndexResponseSchema>> {
    return this.commands.run(ctx, request, async () => {
      const index = await this.indexes.create(ctx.principal.teamId, {
        projectId: request.projectId,
        activationSetId: request.activationSetId,
        kind: indexNumbers.key(request.kind, request.method),
        params: request.params ?? {},
      });
      return {
        index: indexMessage(index),
        job: jobMessage('similarity', await this.jobs.get(ctx.principal.teamId, index.jobId)),
      };
    });
  }

  async getIndex(
    { indexId }: GetIndexRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof GetIndexResponseSchema>> {
    return { index: indexMessage(await this.indexes.get(principal.teamId, indexId)) };
  }

  async listIndexes(
    request: ListIndexesRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof ListIndexesResponseSchema>> {
    const { items, nextPageToken } = await this.indexes.list(principal.teamId, request, request);
    return { indexes: items.map(indexMessage), nextPageToken };
  }

  async deleteIndex(
    { indexId }: DeleteIndexRequest,
    { principal }: CallContext,
  ): Promise<Record<string, never>> {
    await this.indexes.delete(principal.teamId, indexId);
    return {};
  }
}
