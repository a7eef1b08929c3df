import { timestampNow } from '@bufbuild/protobuf/wkt';
import { Inject, Injectable } from '@nestjs/common';
import { artifactRefMessage } from '@noema/contracts';
import { NeighborGraphReady, Outbox } from '@noema/events';
import type { ArtifactRef } from '@noema/kernel';
import type { ActivationSet } from '../activation-set/activation-set.js';
import type { NeighborGraphRecord } from './neighbor-graph.js';

/** Announces neighbour graphs through the outbox. */
@Injectable()
export class NeighborGraphEvents {
  constructor(@Inject(Outbox) private readonly outbox: Outbox) {}

  async ready(
    graph: NeighborGraphRecord,
    indexId: string,
    set: ActivationSet,
    artifact: ArtifactRef,
  ): Promise<void> {
    await this.outbox.publish(NeighborGraphReady, {
      neighborGraphId: graph.id,
      indexId,
      projectId: set.projectId,
      activationSetId: set.id,
      runId: set.runId,
      epoch: set.epoch,
      datasetVersionId: set.datasetVersionId,
      perceptionSpaceId: set.perceptionSpaceId,
      sampleCount: graph.sampleCount,
      k: graph.k,
      artifact: artifactRefMessage(artifact),
      vectors: set.vectors.map(artifactRefMessage),
      readyTime: timestampNow(),
      branch: set.branch,
      branchStart: set.branchStart,
      ...(set.evaluation && { evaluation: artifactRefMessage(set.evaluation) }),
    });
  }
}
