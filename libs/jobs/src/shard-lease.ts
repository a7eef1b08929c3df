import { uuidv7 } from '@noema/kernel';
import type { AnyDatabase } from '@noema/postgres';
import { sql } from 'kysely';
import type { Json } from './job.js';
import { JobLog } from './job-log.js';
import { signal } from './job-signal.js';

/** One shard that a worker holds until the lease ends; the token proves it in every write. */
export interface ShardLease {
  readonly jobId: string;
  readonly teamId: string;
  readonly kind: string;
  readonly subjectId: string;
  readonly payload: Json;
  readonly stage: number;
  readonly index: number;
  readonly attempt: number;
  readonly token: string;
  readonly results: readonly Json[];
}

export interface ClaimOptions {
  /** Names of the stages by kind of job. */
  readonly stages: Readonly<Record<string, readonly string[]>>;
  readonly workerId: string;
  readonly leaseMs: number;
}

interface ClaimedRow {
  readonly job_id: string;
  readonly team_id: string;
  readonly kind: string;
  readonly subject_id: string;
  readonly payload: Json;
  readonly stage: number;
  readonly index: number;
  readonly attempt: number;
  readonly results: Json[] | null;
  readonly stage_name: string;
  /** True when nobody has begun a shard of the stage before. */
  readonly begins: boolean;
}

/** Takes the next shard of the team that was served longest ago; the lease ends by the database's clock. */
export function claimShard(db: AnyDatabase, { stages, workerId, leaseMs }: ClaimOptions): Promise<ShardLease | undefined> {
  const token = uuidv7();
  return db.runSystem(async () => {
    const { rows } = await sql<ClaimedRow>`
      with next as (
        select s.job_id, s.stage, s.index from team_turn t
        cross join lateral (
          select job_id, stage, index from shard
          where team_id = t.team_id and state = 'queued' and available_at <= now() and kind = any(${Object.keys(stages)}::text[])
          order by job_id, stage, index limit 1 for update skip locked) s
        order by t.served_at, t.team_id limit 1)
      update shard s
      set state = 'running', attempt = s.attempt + 1, lease_token = ${token}, lease_until = now() + make_interval(secs => ${leaseMs / 1_000}),
          stage_name = coalesce(${JSON.stringify(stages)}::jsonb -> s.kind ->> s.stage, ''), worker_id = ${workerId}, started_at = coalesce(s.started_at, now()), attempt_started_at = now(), done = 0
      from next, job j
      where s.job_id = next.job_id and s.stage = next.stage and s.index = next.index and j.id = s.job_id
      returning s.job_id, s.team_id, s.kind, j.subject_id, j.payload, s.stage, s.index, s.attempt,
        (select jsonb_agg(p.result order by p.index) from shard p where p.job_id = s.job_id and p.stage = s.stage - 1) as results, s.stage_name,
        not exists (select 1 from shard o where o.job_id = s.job_id and o.stage = s.stage and o.started_at is not null) as begins`.execute(db.tx());
    const row = rows[0];
    if (row === undefined) return undefined;
    await sql`update team_turn set served_at = clock_timestamp() where team_id = ${row.team_id}`.execute(db.tx());
    if (row.begins) await new JobLog(db).stage(row.job_id, row.stage, { name: row.stage_name, message: `Stage "${row.stage_name}" begun.`, workerId, begins: true });
    await signal(db, 'changed', row.job_id);
    return {
      jobId: row.job_id, teamId: row.team_id, kind: row.kind, subjectId: row.subject_id, payload: row.payload,
      stage: row.stage, index: row.index, attempt: row.attempt, token, results: row.results ?? [],
    };
  });
}
