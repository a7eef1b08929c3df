import { Inject } from '@nestjs/common';
import { parseArtifactRef } from '@noema/contracts';
import type {
  EpochCompleted as Epoch,
  EpochCompletedSchema,
} from '@noema/contracts/noema/training/v1/epoch_events';
import { EpochCompleted, type EventMeta } from '@noema/events';
import { EventConsumer } from '@noema/host';
import { ActivationSetService } from './activation-set.service.js';

/** Starts the activation set of every epoch, and deletes the sets of epochs that were recorded again. */
export class EpochCompletedConsumer extends EventConsumer<typeof EpochCompletedSchema> {
  readonly consumer = 'activations__epoch_completed';
  readonly event = EpochCompleted;

  constructor(@Inject(ActivationSetService) private readonly sets: ActivationSetService) {
    super();
  }

  async handle(epoch: Epoch, { teamId }: EventMeta): Promise<void> {
    const { projectId, runId, datasetVersionId, modelVersionId } = epoch;
    // A recorded epoch without a graph has no weights.
    const hasModel = epoch.recordedResponses === undefined || (epoch.weights?.sizeBytes ?? 0n) > 0n;
    const { branch, branchStart, withoutResponses } = epoch;
    const completed = {
      projectId,
      runId,
      epoch: epoch.epoch,
      datasetVersionId,
      modelVersionId,
      ...(hasModel && {
        topology: parseArtifactRef(epoch.topology, 'topology'),
        weights: parseArtifactRef(epoch.weights, 'weights'),
      }),
      ...(epoch.recordedResponses && {
        recorded: parseArtifactRef(epoch.recordedResponses, 'recorded_responses'),
      }),
      followed: epoch.layers,
      evaluation: epoch.evaluation && parseArtifactRef(epoch.evaluation, 'evaluation'),
      branch,
      branchStart,
    };
    await this.sets.follow(teamId, completed, { withoutResponses });
  }
}
