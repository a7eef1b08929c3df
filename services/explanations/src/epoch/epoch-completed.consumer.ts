import { Inject, Injectable } from '@nestjs/common';
import type {
  EpochCompleted as Epoch,
  EpochCompletedSchema,
} from '@noema/contracts/noema/training/v1/epoch_events';
import { EpochCompleted, type EventMeta } from '@noema/events';
import { EventConsumer } from '@noema/host';
import { ReplacedEpochService } from './replaced-epoch.service.js';

/** Deletes explanations of epochs that a client recorded again. */
@Injectable()
export class EpochCompletedConsumer extends EventConsumer<typeof EpochCompletedSchema> {
  readonly consumer = 'explanations__epoch_completed';
  readonly event = EpochCompleted;

  constructor(@Inject(ReplacedEpochService) private readonly replaced: ReplacedEpochService) {
    super();
  }

  async handle({ runId, branch, branchStart }: Epoch, { teamId }: EventMeta): Promise<void> {
    if (branch > 0) await this.replaced.delete(teamId, { runId, branch, branchStart });
  }
}
