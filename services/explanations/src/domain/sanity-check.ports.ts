import type { JobResources } from '@noema/kernel';
import type { SanityCheck, SanityResult } from './sanity-check.js';

export type NewSanityCheck = Pick<SanityCheck, 'id' | 'source' | 'jobId'>;
export type SanityChecks = JobResources<SanityCheck, NewSanityCheck, readonly SanityResult[]>;

/** Queues the job of a check, in the ambient transaction, and returns its id. */
export interface SanityJobs {
  queueSanityCheck(teamId: string, id: string, shards: number): Promise<string>;
}
