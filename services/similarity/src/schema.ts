import { type JobResourceRow, toJobResource } from '@noema/jobs';
import type { ArtifactRef, JobResource } from '@noema/kernel';

/** The columns that the view of a resource takes from its job. */
export interface JobColumns extends Pick<JobResourceRow, 'id' | 'job_id' | 'state' | 'fault'> {
  readonly created_at: Date;
  readonly ended_at: Date | null;
}

/** Returns the fields that a job determines; a resource is ready when its job has succeeded. */
export const toResource = (row: JobColumns): JobResource =>
  toJobResource({
    ...row,
    create_time: row.created_at,
    ready_time: row.state === 'succeeded' ? row.ended_at : null,
  });

export const refOf = (value: ArtifactRef | null): ArtifactRef | undefined => value ?? undefined;
