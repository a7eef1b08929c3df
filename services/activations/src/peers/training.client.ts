import { Inject, Injectable } from '@nestjs/common';
import { parseArtifactRef } from '@noema/contracts';
import type { Epoch } from '@noema/contracts/noema/training/v1/epoch';
import { EpochService } from '@noema/contracts/noema/training/v1/epoch_service';
import { ModelService } from '@noema/contracts/noema/training/v1/model_service';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { ServiceClients } from '@noema/host';
import { epochIsPartial } from '../activation-set/activation-set.errors.js';
import type { EpochOfRun } from '../activation-set/activation-set.js';

/** Queries the training service for epochs. */
@Injectable()
export class TrainingClient {
  constructor(@Inject(ServiceClients) private readonly clients: ServiceClients) {}

  /**
   * Returns an epoch, the last one for 0. Throws `not-found`, `precondition` EPOCH_PARTIAL for one that a
   * client recorded without all of its responses.
   */
  async get(teamId: string, runId: string, epoch: number): Promise<EpochOfRun> {
    const [{ run }, { epoch: found }] = await Promise.all([
      this.clients.of(RunService, teamId).getRun({ runId }),
      this.clients.of(EpochService, teamId).getEpoch({ runId, epoch }),
    ]);
    if (found!.partialReason !== '') throw epochIsPartial(runId, found!.epoch, found!.partialReason);
    return {
      projectId: run!.projectId,
      runId,
      epoch: found!.epoch,
      datasetVersionId: run!.datasetVersionId,
      modelVersionId: found!.modelVersionId,
      followed: run!.settings?.layers ?? [],
      branch: found!.branch,
      branchStart: found!.branchStart,
      ...(await this.findSource(teamId, found!)),
      evaluation: found!.evaluation && parseArtifactRef(found!.evaluation, 'evaluation'),
    };
  }

  /** Returns what the responses of an epoch are taken from. */
  private async findSource(
    teamId: string,
    { recordedResponses, modelVersionId, weights }: Epoch,
  ): Promise<Pick<EpochOfRun, 'topology' | 'weights' | 'recorded'>> {
    const recorded = recordedResponses && parseArtifactRef(recordedResponses, 'recorded_responses');
    if (recorded !== undefined && (weights?.sizeBytes ?? 0n) === 0n) return { recorded };
    const { modelVersion } = await this.clients.of(ModelService, teamId).getModelVersion({ modelVersionId });
    return {
      topology: parseArtifactRef(modelVersion!.topology, 'topology'),
      weights: parseArtifactRef(weights, 'weights'),
      ...(recorded && { recorded }),
    };
  }
}
