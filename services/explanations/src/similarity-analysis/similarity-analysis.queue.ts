import { Inject, Injectable } from '@nestjs/common';
import { JobStore, ResourceQueue } from '@noema/jobs';

/** Kind of the jobs that create similarity analyses. */
export const SIMILARITY_ANALYSIS = 'explanations.shared-areas';

/** Queues the jobs that create similarity analyses. */
@Injectable()
export class SimilarityAnalysisQueue extends ResourceQueue {
  constructor(@Inject(JobStore) jobs: JobStore) {
    super(jobs, SIMILARITY_ANALYSIS);
  }
}
