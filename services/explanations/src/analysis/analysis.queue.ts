import { Inject, Injectable } from '@nestjs/common';
import { JobStore, ResourceQueue, titledKind } from '@noema/jobs';

/** Kind of the jobs that create analyses. */
export const ANALYSIS = titledKind('explanations.analyze', 'Explain sample');

/** Queues the jobs that create analyses. */
@Injectable()
export class AnalysisQueue extends ResourceQueue {
  constructor(@Inject(JobStore) jobs: JobStore) {
    super(jobs, ANALYSIS);
  }
}
