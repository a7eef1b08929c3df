import { timestampNow } from '@bufbuild/protobuf/wkt';
import { ExplorationReady, type Outbox } from '@noema/events';
import type { Exploration } from '../domain/exploration.js';
import type { ExplorationEvents } from '../domain/exploration.ports.js';
import { projectionNumbers } from '../method-numbers.js';

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
      method: e.algorithm,
      algorithm: projectionNumbers.number(e.algorithm),
      automatic: e.automatic,
      pointCount: e.pointCount,
      readyTime: timestampNow(),
      ...(e.trust && { trust: { ...e.trust } }),
    });
  }
}
