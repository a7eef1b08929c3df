import type { ArtifactRef, Fault, JobState } from '@noema/kernel';
import type { Made } from './vector-index/job-state.js';

/** The columns that every resource's view takes from its job. */
export interface MadeRow {
  readonly job_id: string;
  readonly state: JobState;
  readonly fault: Fault | null;
  readonly created_at: Date;
  readonly ended_at: Date | null;
}

export const toMade = (row: MadeRow): Made => ({
  jobId: row.job_id,
  state: row.state,
  fault: row.fault ?? undefined,
  createdAt: row.created_at,
  readyAt: row.state === 'succeeded' ? (row.ended_at ?? undefined) : undefined,
});

export const refOf = (value: ArtifactRef | null): ArtifactRef | undefined => value ?? undefined;
