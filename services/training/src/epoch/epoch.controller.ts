import { Inject } from '@nestjs/common';
import {
  EpochService,
  type GetEpochRequest,
  type ListEpochsRequest,
} from '@noema/contracts/noema/training/v1/epoch_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { RunUseCases } from '../run/run.service.js';
import { epochMessage } from '../run/run.mapper.js';

/** Serves noema.training.v1.EpochService. */
@GrpcService(EpochService)
export class EpochController implements Handlers<typeof EpochService> {
  constructor(@Inject(RunUseCases) private readonly runs: RunUseCases) {}

  async getEpoch({ runId, epoch }: GetEpochRequest, { principal }: CallContext) {
    return { epoch: epochMessage(await this.runs.epoch(principal.teamId, runId, epoch)) };
  }

  async listEpochs({ runId, ...query }: ListEpochsRequest, { principal }: CallContext) {
    const { items, nextPageToken } = await this.runs.epochs(principal.teamId, runId, query);
    return { epochs: items.map(epochMessage), nextPageToken };
  }
}
