import { Inject } from '@nestjs/common';
import {
  EpochService as Service,
  type GetEpochRequest,
  type ListEpochsRequest,
} from '@noema/contracts/noema/training/v1/epoch_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { epochMessage } from './epoch.mapper.js';
import { EpochService } from './epoch.service.js';

/** Serves noema.training.v1.EpochService. */
@GrpcService(Service)
export class EpochController implements Handlers<typeof Service> {
  constructor(@Inject(EpochService) private readonly epochs: EpochService) {}

  async getEpoch({ runId, epoch }: GetEpochRequest, { principal }: CallContext) {
    return { epoch: epochMessage(await this.epochs.get(principal.teamId, runId, epoch)) };
  }

  async listEpochs({ runId, ...query }: ListEpochsRequest, { principal }: CallContext) {
    const { items, nextPageToken } = await this.epochs.list(principal.teamId, runId, query);
    return { epochs: items.map(epochMessage), nextPageToken };
  }
}
