import { Inject } from '@nestjs/common';
import type { EpochCompleted as Epoch, EpochCompletedSchema } from '@noema/contracts/noema/training/v1/epoch_events';
import { EpochCompleted, type EventMeta } from '@noema/events';
import { EventConsumer } from '@noema/host';
import { neededRef, refOf } from '../contracts/artifact-ref.mapper.js';
import { ActivationSetService } from '../domain/activation-set.service.js';

/** Starts the activation set of every epoch. */
export class EpochCompletedConsumer extends EventConsumer<typeof EpochCompletedSchema> {
  readonly consumer = 'activations__epoch_completed';
  readonly event = EpochCompleted;

  constructor(@Inject(ActivationSetService) private readonly sets: ActivationSetService) {
    super();
  }

  async handle(epoch: Epoch, { teamId }: EventMeta): Promise<void> {
    const { projectId, runId, datasetVersionId, modelVersionId } = epoch;
    await this.sets.start(teamId, {
      projectId, runId, epoch: epoch.epoch, datasetVersionId, modelVersionId,
      topology: neededRef(epoch.topology, `the topology of run ${runId}`), weights: neededRef(epoch.weights, `the checkpoint of epoch ${epoch.epoch} of run ${runId}`),
      evaluation: refOf(epoch.evaluation),
    });
  }
}
