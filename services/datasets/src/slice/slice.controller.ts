import { Inject } from '@nestjs/common';
import { SliceSchema } from '@noema/contracts/noema/datasets/v1/slice';
import {
  type CreateSliceRequest,
  type DeleteSliceRequest,
  type GetSliceRequest,
  type ListSlicesRequest,
  SliceService as Service,
  type UpdateSliceRequest,
} from '@noema/contracts/noema/datasets/v1/slice_service';
import { type CallContext, parseChanges, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { sliceMessage } from './slice.mapper.js';
import { SliceService } from './slice.service.js';

/** Serves noema.datasets.v1.SliceService. */
@GrpcService(Service)
export class SliceController implements Handlers<typeof Service> {
  constructor(
    @Inject(SliceService) private readonly slices: SliceService,
    @Inject(Commands) private readonly commands: Commands,
  ) {}

  async createSlice(request: CreateSliceRequest, ctx: CallContext) {
    const draft = await this.slices.prepare(ctx.principal.teamId, request.datasetVersionId, request);
    return this.commands.run(ctx, request, async () => ({
      slice: sliceMessage(await this.slices.create(ctx.principal, draft)),
    }));
  }

  async getSlice({ sliceId }: GetSliceRequest, { principal }: CallContext) {
    const slice = await this.slices.get(principal.teamId, sliceId);
    return { slice: { ...sliceMessage(slice), bitmap: slice.bitmap } };
  }

  async listSlices({ datasetVersionId, ...query }: ListSlicesRequest, { principal }: CallContext) {
    const { items, nextPageToken } = await this.slices.list(principal.teamId, datasetVersionId, query);
    return { slices: items.map(sliceMessage), nextPageToken };
  }

  async updateSlice({ slice, updateMask, add, remove }: UpdateSliceRequest, { principal }: CallContext) {
    const change = {
      ...parseChanges(SliceSchema, slice, updateMask, ['displayName', 'description', 'filter']),
      ...{ add, remove },
    };
    return { slice: sliceMessage(await this.slices.update(principal.teamId, slice?.id ?? '', change)) };
  }

  async deleteSlice({ sliceId }: DeleteSliceRequest, { principal }: CallContext) {
    await this.slices.delete(principal.teamId, sliceId);
    return {};
  }
}
