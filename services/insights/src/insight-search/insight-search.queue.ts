import { Inject, Injectable } from '@nestjs/common';
import { JobStore, ResourceQueue, titledKind } from '@noema/jobs';

/** Kind of the jobs that search for insights. */
export const SEARCH = titledKind('insights.search', 'Search for insights');

/** Queues and cancels the jobs that search for insights. */
@Injectable()
export class InsightSearchQueue extends ResourceQueue {
  constructor(@Inject(JobStore) private readonly store: JobStore) {
    super(store, SEARCH);
  }

  /** Stops a job, in the ambient transaction. A job that has ended does not change. */
  async cancel(teamId: string, jobId: string): Promise<void> {
    await this.store.cancel(teamId, jobId);
  }
}
