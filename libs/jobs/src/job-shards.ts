import { decodePageToken, encodePageToken, type Fault, pageSize } from '@noema/kernel';
import type { AnyDatabase } from '@noema/postgres';
import { sql } from 'kysely';
import type { JobProgress } from './job.js';
import type { LogPage } from './job-log.js';

export type ShardState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

/** A part of a job, as the API shows it. One worker at a time holds it. */
export interface JobShard {
  /** Name of the stage. Empty until a worker has started the stage. */
  readonly stage: string;
  readonly index: number;
  readonly state: ShardState;
  /** Number of the attempt, starting at 1; 0 before the first. */
  readonly attempt: number;
  /** Id of the worker that holds the shard, or held it last. Empty before the first attempt. */
  readonly workerId: string;
  readonly progress: JobProgress;
  /** Why the last attempt failed, if it failed. */
  readonly fault: Fault | undefined;
  /** Start of the last attempt. */
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
}

interface ShardRow {
  readonly stage: number;
  readonly name: string;
  readonly index: number;
  readonly state: ShardState;
  readonly attempt: number;
  readonly worker_id: string | null;
  readonly done: string;
  readonly total: string;
  readonly unit: string;
  readonly message: string;
  readonly fault: Fault | null;
  readonly began_at: Date | null;
  readonly ended_at: Date | null;
}

/** Returns a page of a job's shards, by stage and index, in the ambient transaction. */
export async function listShards(
  db: AnyDatabase,
  jobId: string,
  { pageSize: asked = 0, pageToken = '' }: LogPage,
): Promise<{ readonly shards: JobShard[]; readonly nextPageToken: string }> {
  const query = { shards: jobId };
  const [stage = -1, index = -1] = decodePageToken(query, pageToken, ['count', 'count']) ?? [];
  const size = pageSize(asked);
  const { rows } = await sql<ShardRow>`
    select s.*, coalesce(s.attempt_started_at, s.started_at) as began_at,
      case when s.stage_name <> '' then s.stage_name else coalesce((select max(o.stage_name) from shard o
        where o.job_id = s.job_id and o.stage = s.stage), '') end as name
    from shard s where s.job_id = ${jobId} and (s.stage, s.index) > (${Number(stage)}, ${Number(index)}) order
      by s.stage, s.index limit ${size + 1}`.execute(db.tx());
  const page = rows.slice(0, size);
  const last = page.at(-1);
  return {
    shards: page.map(toShard),
    nextPageToken:
      rows.length > size && last !== undefined ? encodePageToken(query, [last.stage, last.index]) : '',
  };
}

const toShard = (row: ShardRow): JobShard => ({
  stage: row.name,
  index: row.index,
  state: row.state,
  attempt: row.attempt,
  workerId: row.worker_id ?? '',
  progress: { done: Number(row.done), total: Number(row.total), unit: row.unit, message: row.message },
  // The row keeps the fault of an attempt while the next one runs, and after it succeeds.
  fault: row.state === 'queued' || row.state === 'failed' ? (row.fault ?? undefined) : undefined,
  startedAt: row.began_at ?? undefined,
  endedAt: row.ended_at ?? undefined,
});
