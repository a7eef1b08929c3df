import type { MessageInitShape } from '@bufbuild/protobuf';
import { Inject } from '@nestjs/common';
import {
  type CreateExplorationRequest,
  type CreateExplorationResponseSchema,
  type DeleteExplorationRequest,
  ExplorationService as Service,
  type GetExplorationRequest,
  type GetExplorationResponseSchema,
  type ListExplorationsRequest,
  type ListExplorationsResponseSchema,
  type ProjectExplorationRequest,
  type ProjectExplorationResponseSchema,
  type StreamPointColumnsRequest,
  type StreamPointColumnsResponseSchema,
  type StreamPointsRequest,
  type StreamPointsResponseSchema,
} from '@noema/contracts/noema/projection/v1/exploration_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { jobMessage, JobStore } from '@noema/jobs';
import { chunkMessage } from '../point/point-chunk.mapper.js';
import { PointService } from '../point/point.service.js';
import { ProjectionService } from '../projection/projection.service.js';
import { explorationMessage } from './exploration.mapper.js';
import { ExplorationService } from './exploration.service.js';
import { defaultProjection } from '@noema/manifold';
import { defaultClustering } from '../clustering/cluster-methods.js';
import { clusteringNumbers, projectionNumbers } from '../method-numbers.js';
import { columnMessages, parseOrder } from '../point/point-columns.mapper.js';

/** Serves noema.projection.v1.ExplorationService. */
@GrpcService(Service)
export class ExplorationController implements Handlers<typeof Service> {
  constructor(
    @Inject(Commands) private readonly commands: Commands,
    @Inject(ExplorationService) private readonly explorations: ExplorationService,
    @Inject(ProjectionService) private readonly projections: ProjectionService,
    @Inject(PointService) private readonly points: PointService,
    @Inject(JobStore) private readonly jobs: JobStore,
  ) {}

  createExploration(
    request: CreateExplorationRequest,
    ctx: CallContext,
  ): Promise<MessageInitShape<typeof CreateExplorationResponseSchema>> {
    const { teamId } = ctx.principal;
    return this.commands.run(ctx, request, async () => {
      const exploration = await this.explorations.create(teamId, {
        ...request,
        algorithm: projectionNumbers.key(request.algorithm, request.method) ?? defaultProjection.key,
        clusterMethod:
          clusteringNumbers.key(request.clusterMethod, request.clusteringMethod) ?? defaultClustering.key,
        params: request.params ?? {},
      });
      return {
        exploration: explorationMessage(exploration),
        job: jobMessage('projection', await this.jobs.get(teamId, exploration.jobId!)),
      };
    });
  }

  async projectExploration(
    request: ProjectExplorationRequest,
    ctx: CallContext,
  ): Promise<MessageInitShape<typeof ProjectExplorationResponseSchema>> {
    const { teamId } = ctx.principal;
    const found = await this.projections.find(teamId, request.explorationId, request.activationSetId);
    return this.commands.run(ctx, request, async () => {
      const exploration = await this.projections.start(teamId, found);
      return {
        exploration: explorationMessage(exploration),
        job: jobMessage('projection', await this.jobs.get(teamId, exploration.jobId!)),
      };
    });
  }

  async getExploration(
    { explorationId }: GetExplorationRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof GetExplorationResponseSchema>> {
    return { exploration: explorationMessage(await this.explorations.get(principal.teamId, explorationId)) };
  }

  async listExplorations(
    request: ListExplorationsRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof ListExplorationsResponseSchema>> {
    const { projectId, runId, activationSetId, epoch, projectedOnto } = request;
    const { items, nextPageToken } = await this.explorations.list(
      principal.teamId,
      { projectId, runId, activationSetId, epoch, projectedOnto },
      request,
    );
    return { explorations: items.map(explorationMessage), nextPageToken };
  }

  async deleteExploration(
    { explorationId }: DeleteExplorationRequest,
    { principal }: CallContext,
  ): Promise<Record<string, never>> {
    await this.explorations.delete(principal.teamId, explorationId);
    return {};
  }

  async *streamPoints(
    request: StreamPointsRequest,
    { principal, signal }: CallContext,
  ): AsyncIterable<MessageInitShape<typeof StreamPointsResponseSchema>> {
    for await (const chunk of this.points.stream(principal.teamId, request, signal))
      yield { chunk: chunkMessage(chunk) };
  }

  async *streamPointColumns(
    request: StreamPointColumnsRequest,
    { principal }: CallContext,
  ): AsyncIterable<MessageInitShape<typeof StreamPointColumnsResponseSchema>> {
    const { points, batchSize } = await this.points.columns(principal.teamId, {
      ...request,
      order: parseOrder(request.order),
    });
    yield* columnMessages(points, batchSize, request.compact);
  }
}
