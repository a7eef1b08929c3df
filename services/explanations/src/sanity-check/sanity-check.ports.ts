import type { JobResources } from '@noema/kernel';
import type { SanityCheck, SanityResult } from './sanity-check.js';

export type NewSanityCheck = Pick<SanityCheck, 'id' | 'source' | 'jobId'>;
export type SanityChecks = JobResources<SanityCheck, NewSanityCheck, readonly SanityResult[]>;
