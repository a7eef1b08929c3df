import { Inject, Injectable } from '@nestjs/common';
import { parseArtifactRef } from '@noema/contracts';
import type { ActivationSetReady as Body } from '@noema/contracts/noema/activations/v1/activation_set_events';
import { ActivationSetReady, type EventMeta } from '@noema/events';
import { EventConsumer } from '@noema/host';
import { ActivationSetService } from './activation-set.service.js';

/** Vectors became visible: index them. */
@Injectable()
export class ActivationSetReadyConsumer extends EventConsumer<typeof ActivationSetReady.schema> {
  readonly consumer = 'similarity__activation_set_ready';
  readonly event = ActivationSetReady;

  constructor(@Inject(ActivationSetService) private readonly sets: ActivationSetService) {
    super();
  }

  async handle(body: Body, { teamId }: EventMeta): Promise<void> {
    await this.sets.ready({
      id: body.activationSetId,
      teamId,
      projectId: body.projectId,
      runId: body.runId,
      epoch: body.epoch,
      datasetVersionId: body.datasetVersionId,
      perceptionSpaceId: body.perceptionSpaceId,
      sampleCount: body.sampleCount,
      dimensions: body.dimensions,
      vectors: body.vectors.map((ref, shard) => parseArtifactRef(ref, `vectors[${shard}]`)),
      evaluation: body.evaluation && parseArtifactRef(body.evaluation, 'evaluation'),
      branch: body.branch,
      branchStart: body.branchStart,
    });
  }
}
