import { type Fault, isGivenUp, type JobState } from './job-state.js';
import type { Page, PageQuery } from './page.js';

/**
 * The fields of every resource that a job creates. Its state and fault are the state and fault of the job.
 */
export interface JobResource {
  readonly id: string;
  readonly jobId: string;
  readonly state: JobState;
  readonly fault?: Fault | undefined;
  readonly createTime: Date;
  /** Absent until the job has succeeded. */
  readonly readyTime?: Date | undefined;
}

/** Stores resources of one kind; each method takes part in the ambient transaction of a team. */
export interface JobResources<Resource extends JobResource, New, Contents> {
  /** Returns the stored resource. */
  insert(resource: New): Promise<Resource>;
  find(id: string): Promise<Resource | undefined>;
  /** Lists the newest first, unless the query names an order. */
  list(where: JobResourceFilter, query: PageQuery): Promise<Page<Resource>>;
  finish(id: string, contents: Contents, readyTime: Date): Promise<void>;
  delete(id: string): Promise<void>;
}

/** Parents that a list is limited to. */
export interface JobResourceFilter {
  readonly projectId: string;
  readonly runId?: string | undefined;
}

/**
 * Returns the resource with the id if its job is not given up, and else what `insert` creates: the id of such
 * a resource is made of its inputs, so the same request finds the same resource, and one whose job failed or
 * was cancelled is replaced.
 */
export async function findOrInsert<Resource extends JobResource>(
  resources: Pick<JobResources<Resource, never, never>, 'find' | 'delete'>,
  id: string,
  insert: () => Promise<Resource>,
): Promise<Resource> {
  const existing = await resources.find(id);
  if (existing !== undefined && !isGivenUp(existing.state)) return existing;
  if (existing !== undefined) await resources.delete(id);
  return insert();
}
