import { Inject, Injectable } from '@nestjs/common';
import { JobStore, ResourceQueue, titledKind } from '@noema/jobs';

/** Kind of the jobs that create selection analyses. */
export const SELECTION_ANALYSIS = titledKind('explanations.analyze-selection', 'Explain selection');

/** Queues the jobs that create selection analyses. */
@Injectable()
export class SelectionAnalysisQueue extends ResourceQueue {
  constructor(@Inject(JobStore) jobs: JobStore) {
    super(jobs, SELECTION_ANALYSIS);
  }
}
