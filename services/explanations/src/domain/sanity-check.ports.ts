import type { Page, PageQuery } from '@noema/kernel';
import type { RowsSource } from './population.js';
import type { SanityCheck, SanityResult } from './sanity-check.js';

/** Where sanity checks are kept; every method takes part in the ambient transaction of a team. */
export interface SanityChecks {
  insert(check: { readonly id: string; readonly source: RowsSource; readonly jobId: string }): Promise<void>;
  find(id: string): Promise<SanityCheck | undefined>;
  list(projectId: string, narrow: { readonly runId?: string }, query: PageQuery): Promise<Page<SanityCheck>>;
  finish(id: string, results: readonly SanityResult[], readyTime: Date): Promise<void>;
  delete(id: string): Promise<void>;
}

/** Queues the job of a check, in the ambient transaction, and returns its id. */
export interface SanityJobs {
  queueSanityCheck(teamId: string, id: string, shards: number): Promise<string>;
}
