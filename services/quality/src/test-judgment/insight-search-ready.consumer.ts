import { Inject, Injectable } from '@nestjs/common';
import type { InsightSearchReady as Search } from '@noema/contracts/noema/insights/v1/insight_search_events';
import { type EventMeta, InsightSearchReady } from '@noema/events';
import { EventConsumer } from '@noema/host';
import { TestJudgmentService } from './test-judgment.service.js';

/** Judges a run again when its insights are there: the search ends after the run, which was judged without them. */
@Injectable()
export class InsightSearchReadyConsumer extends EventConsumer<typeof InsightSearchReady.schema> {
  readonly consumer = 'quality__insight_search_ready';
  readonly event = InsightSearchReady;
  // For a day, at most a minute apart: the queue of a team can stay full for hours.
  override readonly maxDeliveries = 1_440;

  constructor(@Inject(TestJudgmentService) private readonly judgments: TestJudgmentService) {
    super();
  }

  async handle({ runId, projectId }: Search, { teamId }: EventMeta): Promise<void> {
    await this.judgments.judgeWithInsights(teamId, { id: runId, projectId });
  }
}
