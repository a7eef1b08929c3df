import { Inject, Injectable } from '@nestjs/common';
import { artifactRefOf } from '@noema/contracts';
import { EpochService } from '@noema/contracts/noema/training/v1/epoch_service';
import { ModelService } from '@noema/contracts/noema/training/v1/model_service';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { ServiceClients } from '@noema/host';
import type { EpochOfRun } from '../activation-set/activation-set.js';

/** Queries the training service for epochs. */
@Injectable()
export class TrainingClient {
  constructor(@Inject(ServiceClients) private readonly clients: ServiceClients) {}

  /** Returns an epoch, the last one for 0. Throws `not-found`. */
  async get(teamId: string, runId: string, epoch: number): Promise<EpochOfRun> {
    const [{ run }, { epoch: found }] = await Promise.all([
      this.clients.of(RunService, teamId).getRun({ runId }),
      this.clients.of(EpochService, teamId).getEpoch({ runId, epoch }),
    ]);
    const { modelVersion } = await this.clients
      .of(ModelService, teamId)
      .getModelVersion({ modelVersionId: found!.modelVersionId });
    return {
      projectId: run!.projectId,
      runId,
      epoch: found!.epoch,
      datasetVersionId: run!.datasetVersionId,
      modelVersionId: found!.modelVersionId,
      followed: run!.settings?.layers ?? [],
      topology: artifactRefOf(modelVersion!.topology, 'topology'),
      weights: artifactRefOf(found!.weights, 'weights'),
      evaluation: found!.evaluation && artifactRefOf(found!.evaluation, 'evaluation'),
    };
  }
}
