import type { Fault, JobState } from '@noema/kernel';
import type { Job, Json } from './job.js';

/** A row of the view job_status. */
export interface JobRow {
  readonly id: string;
  readonly team_id: string;
  readonly kind: string;
  readonly subject_id: string;
  readonly payload: Json;
  readonly state: JobState;
  readonly stage_name: string;
  readonly result: Json | null;
  readonly fault: Fault | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly attempt: number;
  readonly done: string;
  readonly total: string;
  readonly unit: string;
  readonly message: string;
  readonly shards_queued: number;
  readonly shards_running: number;
  readonly shards_done: number;
  readonly shards_failed: number;
}

export const toJob = (row: JobRow): Job => ({
  id: row.id,
  teamId: row.team_id,
  kind: row.kind,
  subjectId: row.subject_id,
  payload: row.payload,
  state: row.state,
  stage: row.stage_name,
  progress: { done: Number(row.done), total: Number(row.total), unit: row.unit, message: row.message },
  shards: {
    queued: row.shards_queued,
    running: row.shards_running,
    done: row.shards_done,
    failed: row.shards_failed,
  },
  attempt: row.attempt,
  result: row.result ?? undefined,
  fault: row.fault ?? undefined,
  createdAt: row.created_at,
  startedAt: row.started_at ?? undefined,
  endedAt: row.ended_at ?? undefined,
});
