import { Inject, Injectable } from '@nestjs/common';
import type {
  EpochCompleted as Body,
  EpochCompletedSchema,
} from '@noema/contracts/noema/training/v1/epoch_events';
import { EpochCompleted, type EventMeta } from '@noema/events';
import { EventConsumer } from '@noema/host';
import { InsightSearchService } from './insight-search.service.js';

/** Searches an epoch for the kinds that are cheap, if its project wants that. */
@Injectable()
export class EpochCompletedConsumer extends EventConsumer<typeof EpochCompletedSchema> {
  readonly consumer = 'insights__epoch_completed';
  readonly event = EpochCompleted;
  override readonly maxDeliveries = 1_440;

  constructor(@Inject(InsightSearchService) private readonly searches: InsightSearchService) {
    super();
  }

  async handle({ runId, projectId, epoch, last, branch }: Body, { teamId }: EventMeta): Promise<void> {
    await this.searches.searchEpoch(teamId, { runId, projectId, epoch, isLast: last, branch });
  }
}
