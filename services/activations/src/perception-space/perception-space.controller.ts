import { Inject } from '@nestjs/common';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { PerceptionSpaceSchema } from '@noema/contracts/noema/activations/v1/perception_space';
import {
  PerceptionSpaceService as Service,
  type CreatePerceptionSpaceRequest,
  type CreatePerceptionSpaceResponseSchema,
  type GetPerceptionSpaceRequest,
  type GetPerceptionSpaceResponseSchema,
  type ListPerceptionSpacesRequest,
  type ListPerceptionSpacesResponseSchema,
} from '@noema/contracts/noema/activations/v1/perception_space_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import type { PerceptionSpace } from './perception-space.js';
import { PerceptionSpaceService } from './perception-space.service.js';

/** Serves noema.activations.v1.PerceptionSpaceService. */
@GrpcService(Service)
export class PerceptionSpaceController implements Handlers<typeof Service> {
  constructor(
    @Inject(PerceptionSpaceService) private readonly spaces: PerceptionSpaceService,
    @Inject(Commands) private readonly commands: Commands,
  ) {}

  createPerceptionSpace(
    request: CreatePerceptionSpaceRequest,
    ctx: CallContext,
  ): Promise<MessageInitShape<typeof CreatePerceptionSpaceResponseSchema>> {
    return this.commands.run(ctx, request, async () => ({
      perceptionSpace: toMessage(await this.spaces.create(ctx.principal.teamId, request)),
    }));
  }

  async getPerceptionSpace(
    request: GetPerceptionSpaceRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof GetPerceptionSpaceResponseSchema>> {
    return { perceptionSpace: toMessage(await this.spaces.get(principal.teamId, request.perceptionSpaceId)) };
  }

  async listPerceptionSpaces(
    request: ListPerceptionSpacesRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof ListPerceptionSpacesResponseSchema>> {
    const { items, nextPageToken } = await this.spaces.list(principal.teamId, request.projectId, request);
    return { perceptionSpaces: items.map(toMessage), nextPageToken };
  }
}

const toMessage = ({
  id,
  projectId,
  name,
  builtIn,
  layerWeights,
  maxDimensions,
  createTime,
}: PerceptionSpace): MessageInitShape<typeof PerceptionSpaceSchema> => ({
  id,
  projectId,
  name,
  builtIn,
  maxDimensions,
  layerWeights: layerWeights.map(({ layer, weight }) => ({ layer, weight })),
  createTime: timestampFromDate(createTime),
});
