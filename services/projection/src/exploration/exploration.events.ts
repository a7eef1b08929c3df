import { timestampNow } from '@bufbuild/protobuf/wkt';
import { Inject, Injectable } from '@nestjs/common';
import { ExplorationReady, Outbox } from '@noema/events';
import { projectionNumbers } from '../method-numbers.js';
import type { Exploration } from './exploration.js';

/** Announces explorations through the outbox. */
@Injectable()
export class ExplorationEvents {
  constructor(@Inject(Outbox) private readonly outbox: Outbox) {}

  async ready(exploration: Exploration): Promise<void> {
    await this.outbox.publish(ExplorationReady, {
      explorationId: exploration.id,
      projectId: exploration.projectId,
      activationSetId: exploration.activationSetId,
      runId: exploration.runId,
      epoch: exploration.epoch,
      method: exploration.algorithm,
      algorithm: projectionNumbers.number(exploration.algorithm),
      automatic: exploration.automatic,
      pointCount: exploration.pointCount,
      readyTime: timestampNow(),
      ...(exploration.trust && { trust: { ...exploration.trust } }),
    });
  }
}
