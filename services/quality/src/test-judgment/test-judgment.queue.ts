import { Inject, Injectable } from '@nestjs/common';
import { JobStore, ResourceQueue, titledKind } from '@noema/jobs';

/** Kind of the jobs that judge runs. */
export const JUDGE = titledKind('quality.judge', 'Judge run');

/** Queues and cancels the jobs that judge runs. */
@Injectable()
export class TestJudgmentQueue extends ResourceQueue {
  constructor(@Inject(JobStore) private readonly store: JobStore) {
    super(store, JUDGE);
  }

  /** Stops a job, in the ambient transaction. A job that has ended does not change. */
  async cancel(teamId: string, jobId: string): Promise<void> {
    await this.store.cancel(teamId, jobId);
  }
}
