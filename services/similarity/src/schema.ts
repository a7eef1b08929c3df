import { type JobResourceRow, toJobResource } from '@noema/jobs';
import type { ArtifactRef, JobResource } from '@noema/kernel';

/** The columns that the view of a resource takes from its job. */
export interface JobColumns extends Pick<JobResourceRow, 'id' | 'job_id' | 'state' | 'fault'> {
  readonly created_at: Date;
  readonly ended_at: Date | null;
}

/** The columns of a job that was just queued. */
export const QUEUED = { state: 'queued', fault: null, ended_at: null } as const;

/** Returns the fields that a job determines; a resource is ready when its job has succeeded. */
export const toResource = (row: JobColumns): JobResource =>
  toJobResource({
    ...row,
    create_time: row.created_at,
    ready_time: row.state === 'succeeded' ? row.ended_at : null,
  });

export const refOf = (value: ArtifactRef | null): ArtifactRef | undefined => value ?? undefined;

/** The rows of a project, of one set when its id is not empty. */
export const whereSet = (projectId: string, setId: string): Readonly<Record<string, string>> => ({
  project_id: projectId,
  ...(setId !== '' && { 'activation_set_id::text': setId }),
});
