import { Inject } from '@nestjs/common';
import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  ActivationSetService as Service,
  type CreateActivationSetRequest,
  type CreateActivationSetResponseSchema,
  type DeleteActivationSetRequest,
  type GetActivationSetRequest,
  type GetActivationSetResponseSchema,
  type ListActivationSetsRequest,
  type ListActivationSetsResponseSchema,
  type ListActivationShardsRequest,
  type ListActivationShardsResponseSchema,
  type ProjectActivationSetRequest,
  type ProjectActivationSetResponseSchema,
} from '@noema/contracts/noema/activations/v1/activation_set_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { jobMessage, JobStore } from '@noema/jobs';
import { decodePageToken, encodePageToken, pageSize } from '@noema/kernel';
import { ActivationSetService } from './activation-set.service.js';
import { activationSetMessage, activationShardMessage } from './activation-set.mapper.js';

/** Serves noema.activations.v1.ActivationSetService. */
@GrpcService(Service)
export class ActivationSetController implements Handlers<typeof Service> {
  constructor(
    @Inject(ActivationSetService) private readonly sets: ActivationSetService,
    @Inject(Commands) private readonly commands: Commands,
    @Inject(JobStore) private readonly jobs: JobStore,
  ) {}

  async createActivationSet(
    request: CreateActivationSetRequest,
    ctx: CallContext,
  ): Promise<MessageInitShape<typeof CreateActivationSetResponseSchema>> {
    const { teamId } = ctx.principal;
    const epoch = await this.sets.getEpoch(teamId, request.projectId, request.runId, request.epoch);
    return this.commands.run(ctx, request, async () => {
      const set = await this.sets.start(teamId, epoch, request.perceptionSpaceId);
      const job = await this.jobs.get(teamId, set.jobId);
      return { activationSet: activationSetMessage(set), job: jobMessage('activations', job) };
    });
  }

  async projectActivationSet(
    request: ProjectActivationSetRequest,
    ctx: CallContext,
  ): Promise<MessageInitShape<typeof ProjectActivationSetResponseSchema>> {
    const { teamId } = ctx.principal;
    const reference = await this.sets.referenceFor(teamId, request.activationSetId, request.datasetVersionId);
    return this.commands.run(ctx, request, async () => {
      const set = await this.sets.project(teamId, reference, request.datasetVersionId);
      return {
        activationSet: activationSetMessage(set),
        job: jobMessage('activations', await this.jobs.get(teamId, set.jobId)),
      };
    });
  }

  async getActivationSet(
    request: GetActivationSetRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof GetActivationSetResponseSchema>> {
    return {
      activationSet: activationSetMessage(await this.sets.get(principal.teamId, request.activationSetId)),
    };
  }

  async listActivationSets(
    request: ListActivationSetsRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof ListActivationSetsResponseSchema>> {
    const where = {
      projectId: request.projectId,
      ...(request.runId !== '' && { runId: request.runId }),
      ...(request.epoch !== undefined && { epoch: request.epoch }),
      ...(request.referenceSetId !== '' && { referenceSetId: request.referenceSetId }),
    };
    const { items, nextPageToken } = await this.sets.list(principal.teamId, where, request);
    return { activationSets: items.map(activationSetMessage), nextPageToken };
  }

  async listActivationShards(
    request: ListActivationShardsRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof ListActivationShardsResponseSchema>> {
    const shards = await this.sets.listShards(principal.teamId, request.activationSetId);
    const query = { set: request.activationSetId };
    const from = Number(decodePageToken(query, request.pageToken, ['count'])?.[0] ?? 0);
    const to = from + pageSize(request.pageSize);
    return {
      shards: shards.slice(from, to).map(activationShardMessage),
      nextPageToken: to < shards.length ? encodePageToken(query, [to]) : '',
    };
  }

  async deleteActivationSet(
    request: DeleteActivationSetRequest,
    { principal }: CallContext,
  ): Promise<Record<string, never>> {
    await this.sets.delete(principal.teamId, request.activationSetId);
    return {};
  }
}
