import { Inject, Injectable } from '@nestjs/common';
import { JobStore, ResourceQueue } from '@noema/jobs';

/** Kind of the jobs that create analyses. */
export const ANALYSIS = 'explanations.analyze';

/** Queues the jobs that create analyses. */
@Injectable()
export class AnalysisQueue extends ResourceQueue {
  constructor(@Inject(JobStore) jobs: JobStore) {
    super(jobs, ANALYSIS);
  }
}
