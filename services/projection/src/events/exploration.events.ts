import { timestampNow } from '@bufbuild/protobuf/wkt';
import { Algorithm } from '@noema/contracts/noema/projection/v1/exploration';
import { ExplorationReady, type Outbox } from '@noema/events';
import type { Exploration } from '../domain/exploration.js';
import type { ExplorationEvents } from '../domain/exploration.ports.js';

const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  pca: Algorithm.PCA,
  umap: Algorithm.UMAP,
  tsne: Algorithm.TSNE,
  pacmap: Algorithm.PACMAP,
};

/** Announces through the outbox. */
export class OutboxExplorationEvents implements ExplorationEvents {
  constructor(private readonly outbox: Outbox) {}

  async explorationReady(e: Exploration): Promise<void> {
    await this.outbox.publish(ExplorationReady, {
      explorationId: e.id,
      projectId: e.projectId,
      activationSetId: e.activationSetId,
      runId: e.runId,
      epoch: e.epoch,
      algorithm: ALGORITHMS[e.algorithm] ?? Algorithm.UNSPECIFIED,
      automatic: e.automatic,
      pointCount: e.pointCount,
      readyTime: timestampNow(),
      ...(e.trust && { trust: { ...e.trust } }),
    });
  }
}
