import { Inject, Injectable } from '@nestjs/common';
import { parseArtifactRef } from '@noema/contracts';
import type { NeighborGraphReady as Body } from '@noema/contracts/noema/similarity/v1/neighbor_graph_events';
import { type EventMeta, NeighborGraphReady } from '@noema/events';
import { EventConsumer } from '@noema/host';
import { LineageService } from '../lineage/lineage.service.js';

/** A graph became visible: make its map. */
@Injectable()
export class NeighborGraphReadyConsumer extends EventConsumer<typeof NeighborGraphReady.schema> {
  readonly consumer = 'projection__neighbor_graph_ready';
  readonly event = NeighborGraphReady;

  constructor(@Inject(LineageService) private readonly lineage: LineageService) {
    super();
  }

  async handle(body: Body, { teamId }: EventMeta): Promise<void> {
    await this.lineage.graphReady({
      id: body.neighborGraphId,
      teamId,
      projectId: body.projectId,
      activationSetId: body.activationSetId,
      runId: body.runId,
      epoch: body.epoch,
      datasetVersionId: body.datasetVersionId,
      perceptionSpaceId: body.perceptionSpaceId,
      sampleCount: body.sampleCount,
      k: body.k,
      artifact: parseArtifactRef(body.artifact, 'artifact'),
      vectors: body.vectors.map((ref, shard) => parseArtifactRef(ref, `vectors[${shard}]`)),
      evaluation: body.evaluation && parseArtifactRef(body.evaluation, 'evaluation'),
      branch: body.branch,
      branchStart: body.branchStart,
    });
  }
}
