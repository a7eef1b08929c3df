import { Inject, Injectable } from '@nestjs/common';
import { RunState } from '@noema/contracts/noema/training/v1/run';
import type { RunFinished as Run, RunFinishedSchema } from '@noema/contracts/noema/training/v1/run_events';
import { type EventMeta, RunFinished } from '@noema/events';
import { EventConsumer } from '@noema/host';
import { TestJudgmentService } from './test-judgment.service.js';

/** Judges each run that has succeeded by the suites of its project. */
@Injectable()
export class RunFinishedConsumer extends EventConsumer<typeof RunFinishedSchema> {
  readonly consumer = 'quality__run_finished';
  readonly event = RunFinished;
  // For a day, at most a minute apart: the queue of a team can stay full for hours.
  override readonly maxDeliveries = 1_440;

  constructor(@Inject(TestJudgmentService) private readonly judgments: TestJudgmentService) {
    super();
  }

  async handle({ runId, projectId, state }: Run, { teamId }: EventMeta): Promise<void> {
    if (state === RunState.SUCCEEDED) await this.judgments.judgeNewVersion(teamId, { id: runId, projectId });
  }
}
