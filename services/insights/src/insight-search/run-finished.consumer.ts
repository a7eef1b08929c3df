import { Inject, Injectable } from '@nestjs/common';
import { RunState } from '@noema/contracts/noema/training/v1/run';
import type { RunFinished as Body, RunFinishedSchema } from '@noema/contracts/noema/training/v1/run_events';
import { type EventMeta, RunFinished } from '@noema/events';
import { EventConsumer } from '@noema/host';
import { InsightSearchService } from './insight-search.service.js';

/** Searches a run that has succeeded, if its last neighbour graph is ready. */
@Injectable()
export class RunFinishedConsumer extends EventConsumer<typeof RunFinishedSchema> {
  readonly consumer = 'insights__run_finished';
  readonly event = RunFinished;
  // For a day, at most a minute apart: the queue of a team can stay full for hours.
  override readonly maxDeliveries = 1_440;

  constructor(@Inject(InsightSearchService) private readonly searches: InsightSearchService) {
    super();
  }

  async handle({ runId, state }: Body, { teamId }: EventMeta): Promise<void> {
    if (state === RunState.SUCCEEDED) await this.searches.searchFinishedRun(teamId, runId);
  }
}
