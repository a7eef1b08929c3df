import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Inject, Injectable } from '@nestjs/common';
import { artifactRefMessage } from '@noema/contracts';
import { ActivationSetReady, Outbox } from '@noema/events';
import type { ArtifactRef } from '@noema/kernel';
import type { StoredSet } from './activation-set.js';

/** Announces sets through the outbox. */
@Injectable()
export class ActivationSetEvents {
  constructor(@Inject(Outbox) private readonly outbox: Outbox) {}

  async ready(set: StoredSet, vectors: readonly ArtifactRef[]): Promise<void> {
    await this.outbox.publish(ActivationSetReady, {
      activationSetId: set.id,
      projectId: set.projectId,
      runId: set.runId,
      epoch: set.epoch,
      datasetVersionId: set.datasetVersionId,
      modelVersionId: set.modelVersionId,
      perceptionSpaceId: set.perceptionSpaceId,
      sampleCount: set.sampleCount,
      dimensions: set.dimensions,
      vectors: vectors.map(artifactRefMessage),
      branch: set.branch ?? 0,
      branchStart: set.branchStart ?? 0,
      ...(set.evaluation && { evaluation: artifactRefMessage(set.evaluation) }),
      ...(set.readyTime && { readyTime: timestampFromDate(set.readyTime) }),
    });
  }
}
