import { uuidv7 } from '@noema/kernel';
import type { AnyDatabase } from '@noema/postgres';
import { sql } from 'kysely';
import type { Json } from './job.js';
import { JobLog } from './job-log.js';
import { signal } from './job-signal.js';

/** One shard that a worker holds until the lease expires. Every write has to present the token. */
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
  /** Trace of the request that created the job. Absent for a job of an older version. */
  readonly traceparent: string | undefined;
}

export interface ClaimOptions {
  /** Names of the stages by kind of job. */
  readonly stages: Readonly<Record<string, readonly string[]>>;
  readonly workerId: string;
  readonly leaseMs: number;
  /**
   * Device of the worker. Default: `cpu`. Any other device does not serve a team without GPU seconds left.
   */
  readonly device?: string;
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
  readonly traceparent: string | null;
  readonly stage_name: string;
  /** True if no shard of the stage has started. */
  readonly begins: boolean;
}

interface ClaimedShard extends ClaimedRow {
  /** Maximum number of running jobs of the team, minus its jobs in other services. Null without a limit. */
  readonly most_running: number | null;
}

/** Shards start in order, so the first ones show whether a stage has started. */
const FIRST = 64;

/**
 * A queue grows in bursts that the planner's statistics do not know yet. In the order of the index, each step
 * costs the same for any queue length.
 */
const BY_INDEX = { enable_bitmapscan: 'off', enable_seqscan: 'off' };

/** Teams with queued shards, found step by step along the index. For a recursive `waiting (team_id)`. */
export const WAITING_TEAMS = sql`
  (select team_id from shard where state = 'queued' order by team_id limit 1)
  union all
  select (
    select s.team_id from shard s
    where s.state = 'queued' and s.team_id > w.team_id order by s.team_id limit 1)
  from waiting w where w.team_id is not null`;

/**
 * Another claim of the same team was faster. With this claim, the team would exceed its limit of running
 * jobs.
 */
class TooManyRunning extends Error {
  constructor(readonly teamId: string) {
    super('the team has as many running jobs as it may have');
  }
}

/**
 * Claims the next shard of the team that has no worker, or else was served longest ago, and is below its
 * limits. The lease is measured by the database's clock.
 */
export async function claimShard(db: AnyDatabase, options: ClaimOptions): Promise<ShardLease | undefined> {
  const passedOver: string[] = [];
  for (;;) {
    try {
      return await db.runSystem(() => claimOnce(db, options, passedOver), BY_INDEX);
    } catch (error) {
      if (!(error instanceof TooManyRunning)) throw error;
      passedOver.push(error.teamId);
    }
  }
}

async function claimOnce(
  db: AnyDatabase,
  { stages, workerId, leaseMs, device = 'cpu' }: ClaimOptions,
  passedOver: readonly string[],
): Promise<ShardLease | undefined> {
  const token = uuidv7();
  const kinds = sql`${Object.keys(stages)}::text[]`;
  const due = sql`team_id = t.team_id and state = 'queued' and available_at <= now() and kind = any(${kinds})`;
  // The query skips teams without queued shards, and all shards of a team but the first. Teams without a
  // worker come first. A team at its limit of running jobs continues its running jobs; a job runs while one
  // of its shards does.
  const [row] = await db.executePrepared(
    'claim_shard',
    sql<ClaimedShard>`
    with recursive waiting as (${WAITING_TEAMS}),
    turn as materialized (
      select t.team_id, t.served_at, exists (select from shard h where h.team_id = t.team_id and h.state =
        'running' and h.kind = any(${kinds})) as holds
      from waiting join team_turn t using (team_id) order by holds, t.served_at, t.team_id),
    next as (
      select s.job_id, s.stage, s.index, b.most from turn t
      left join team_quota q on q.team_id = t.team_id
      cross join lateral (
        select case when q.max_running_jobs > 0 then greatest(0, q.max_running_jobs -
          q.elsewhere_running_jobs) end as most,
          case when q.max_running_jobs > 0 then array(select distinct r.job_id from shard r where r.team_id =
            t.team_id and r.state = 'running') end as running) b
      cross join lateral (
        select * from (
          select job_id, stage, index from shard where ${due} and (b.most is null or cardinality(b.running) <
            b.most)
          order by turn, job_id, stage, index limit 1 for update skip locked) begins
        union all
        select * from (
          select job_id, stage, index from shard where ${due} and cardinality(b.running) >= b.most and job_id
            = any(b.running)
          order by turn, job_id, stage, index limit 1 for update skip locked) goes_on) s
      where not t.team_id = any(${[...passedOver]}::uuid[])
        and (${device} = 'cpu' or coalesce(q.max_gpu_seconds, 0) = 0 or gpu_seconds(t.team_id) +
          q.elsewhere_gpu_seconds < q.max_gpu_seconds)
      order by t.holds, t.served_at, t.team_id limit 1)
    update shard s
    set state = 'running', attempt = s.attempt + 1, lease_token = ${token}, lease_until = now() +
      make_interval(secs => ${leaseMs / 1_000}), device = ${device},
        stage_name = coalesce(${JSON.stringify(stages)}::jsonb -> s.kind ->> s.stage, ''), worker_id =
          ${workerId}, started_at = coalesce(s.started_at, now()), attempt_started_at = now(), done = 0
    from next, job j
    where s.job_id = next.job_id and s.stage = next.stage and s.index = next.index and j.id = s.job_id
    returning s.job_id, s.team_id, s.kind, j.subject_id, j.payload, j.traceparent, s.stage, s.index,
      s.attempt, next.most as most_running,
      (select jsonb_agg(p.result order by p.index) from shard p where p.job_id = s.job_id and p.stage =
        s.stage - 1) as results, s.stage_name,
      s.index < ${FIRST} and not exists (select 1 from (select started_at from shard o where o.job_id =
        s.job_id and o.stage = s.stage order by o.index limit ${FIRST}) o where o.started_at is not null) as
        begins`,
  );
  if (row === undefined) return undefined;
  await sql`update team_turn set served_at = clock_timestamp() where team_id = ${row.team_id}`.execute(
    db.tx(),
  );
  if (row.most_running !== null) await refuseTooMany(db, row, row.most_running);
  if (row.begins)
    await new JobLog(db).stage(row.job_id, row.stage, {
      name: row.stage_name,
      message: `Stage "${row.stage_name}" started.`,
      workerId,
      begins: true,
    });
  signal(db, 'changed', row.job_id);
  return {
    jobId: row.job_id,
    teamId: row.team_id,
    kind: row.kind,
    subjectId: row.subject_id,
    payload: row.payload,
    stage: row.stage,
    index: row.index,
    attempt: row.attempt,
    token,
    results: row.results ?? [],
    traceparent: row.traceparent ?? undefined,
  };
}

/**
 * Counts the team's running jobs again behind the lock on the team's turn, which serialises the claims of one
 * team, to include claims that others made since the query.
 */
async function refuseTooMany(db: AnyDatabase, { team_id, job_id }: ClaimedRow, most: number): Promise<void> {
  const { rows } = await sql<{ others: number; own: number }>`
    select count(distinct job_id) filter (where job_id <> ${job_id})::int as others, count(*) filter (where
      job_id = ${job_id})::int as own
    from shard where team_id = ${team_id} and state = 'running'`.execute(db.tx());
  const { others, own } = rows[0]!;
  if (own === 1 && others >= most) throw new TooManyRunning(team_id);
}
