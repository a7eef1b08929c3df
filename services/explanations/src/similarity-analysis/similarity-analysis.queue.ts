import { Inject, Injectable } from '@nestjs/common';
import { JobStore, ResourceQueue, titledKind } from '@noema/jobs';

/** Kind of the jobs that create similarity analyses. */
export const SIMILARITY_ANALYSIS = titledKind('explanations.shared-areas', 'Compare samples');

/** Queues the jobs that create similarity analyses. */
@Injectable()
export class SimilarityAnalysisQueue extends ResourceQueue {
  constructor(@Inject(JobStore) jobs: JobStore) {
    super(jobs, SIMILARITY_ANALYSIS);
  }
}
