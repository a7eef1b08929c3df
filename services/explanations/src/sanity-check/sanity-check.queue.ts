import { Inject, Injectable } from '@nestjs/common';
import { JobStore, ResourceQueue, titledKind } from '@noema/jobs';

/** Kind of the jobs that create sanity checks. */
export const SANITY_CHECK = titledKind('explanations.check-sanity', 'Check sanity');

/** Queues the jobs that create sanity checks. */
@Injectable()
export class SanityCheckQueue extends ResourceQueue {
  constructor(@Inject(JobStore) jobs: JobStore) {
    super(jobs, SANITY_CHECK);
  }
}
