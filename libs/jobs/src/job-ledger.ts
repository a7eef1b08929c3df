import { type Fault, hasEnded } from '@noema/kernel';
import type { AnyDatabase } from '@noema/postgres';
import { sql } from 'kysely';
import type { Job, Json } from './job.js';
import { jobClosed, jobNotFound, notRetryable } from './job.errors.js';
import { jobsEnded } from './job.metrics.js';
import { type JobRow, toJob } from './job-row.js';
import { JobLog, shardsText } from './job-log.js';
import { signal } from './job-signal.js';

/**
 * Called in the transaction that ends a job, in the team's scope, so that its writes commit together with the
 * end of the job.
 */
export type Settled = (job: Job) => Promise<void>;

/**
 * Turn of the first queued shard of a job `j` (start-time fair queueing, Goyal et al. 1996): after the
 * running shards of its team, before the next shard of a job that has one running. Shards of one job are two
 * turns apart, so that a shard of another job fits in between. Turns only increase, so no shard waits
 * forever. Null for a job that takes no turns.
 */
const FIRST_TURN = sql`lateral (
  select case when j.takes_turns then 1 + coalesce(
    (select max(r.turn) from shard r where r.team_id = j.team_id and r.state = 'running' and r.job_id <> j.id),
    (select min(q.turn) from shard q where q.team_id = j.team_id and q.state = 'queued' and q.job_id <> j.id),
    -1) end as first offset 0) t`;

/** When a shard becomes due that waits for `release`: never. PostgreSQL cannot subtract infinity. */
const HELD = '9999-01-01T00:00:00Z';

interface LockedJob {
  readonly state: 'open' | 'cancelling' | 'cancelled' | 'succeeded' | 'failed';
  readonly stage: number;
  readonly payload: Json;
}

/**
 * Reads and writes job rows. A transaction that changes a job locks its row before the rows of its shards,
 * which prevents deadlocks.
 */
export class JobLedger {
  readonly log: JobLog;

  constructor(
    readonly db: AnyDatabase,
    private readonly settled: Settled = () => Promise.resolve(),
  ) {
    this.log = new JobLog(db);
  }

  async lock(id: string): Promise<LockedJob> {
    const { rows } =
      await sql<LockedJob>`select state, stage, payload from job where id = ${id} for update`.execute(
        this.db.tx(),
      );
    if (rows[0] === undefined) throw jobNotFound(id);
    return rows[0];
  }

  async find(id: string): Promise<Job | undefined> {
    const { rows } = await sql<JobRow>`select * from job_status where id = ${id}`.execute(this.db.tx());
    return rows[0] && toJob(rows[0]);
  }

  async addShards(id: string, stage: number, count: number, { name = '', delayMs = 0 } = {}): Promise<void> {
    await sql`
      insert into shard (job_id, stage, index, team_id, kind, stage_name, available_at, turn)
      select id, ${stage}, i, team_id, kind, ${name}, now() + make_interval(secs => ${delayMs / 1_000}),
        coalesce(first + 2 * i, 0)
      from job j cross join ${FIRST_TURN} cross join generate_series(0, ${count - 1}::int) i where id = ${id}`.execute(
      this.db.tx(),
    );
    signal(this.db, 'queued', id);
  }

  /** Makes shard 0 wait until `release`. */
  async hold(id: string): Promise<void> {
    await sql`update shard set available_at = ${HELD}::timestamptz where job_id = ${id} and index = 0`.execute(
      this.db.tx(),
    );
  }

  async release(id: string): Promise<void> {
    await this.lock(id);
    await sql`update shard set available_at = now()
      where job_id = ${id} and index = 0 and stage = 0 and available_at = ${HELD}::timestamptz`.execute(
      this.db.tx(),
    );
    signal(this.db, 'queued', id);
  }

  async addShard(id: string, index: number): Promise<void> {
    const { state } = await this.lock(id);
    const { rows } = await sql`select 1 from shard
      where job_id = ${id} and stage = 0 and index = 0 and available_at = ${HELD}::timestamptz`.execute(
      this.db.tx(),
    );
    if (state !== 'open' || rows.length === 0) throw jobClosed(id);
    await sql`
      insert into shard (job_id, stage, index, team_id, kind, turn)
      select id, 0, ${index}, team_id, kind, coalesce(first + 2 * ${index}, 0)
      from job j cross join ${FIRST_TURN} where id = ${id}
      on conflict do nothing`.execute(this.db.tx());
    signal(this.db, 'queued', id);
  }

  async enterStage(id: string, stage: number): Promise<void> {
    await sql`update job set stage = ${stage} where id = ${id}`.execute(this.db.tx());
    signal(this.db, 'changed', id);
  }

  async succeed(id: string, result: readonly Json[]): Promise<void> {
    await sql`update job set state = 'succeeded', result = ${JSON.stringify(result)}::jsonb, ended_at = now()
      where id = ${id}`.execute(this.db.tx());
    await this.log.job(id, 'info', 'Succeeded.');
    await this.settle(id);
  }

  /** Ends the job as failed. Waiting shards are cancelled; running shards are asked to stop. */
  async fail(id: string, fault: Fault): Promise<void> {
    await sql`update job set state = 'failed', fault = ${JSON.stringify(fault)}::jsonb, ended_at = now() where
      id = ${id}`.execute(this.db.tx());
    await this.log.job(id, 'error', `Failed: ${fault.message}`, fault);
    await this.callOff(id);
    await this.settle(id);
  }

  /** Ends the job as cancelled once no shard is running. Until then its state is cancelling. */
  async cancelIfIdle(id: string): Promise<void> {
    const { rows } =
      await sql`select 1 from shard where job_id = ${id} and state = 'running' limit 1`.execute(this.db.tx());
    if (rows.length > 0) {
      signal(this.db, 'changed', id);
      return;
    }
    await sql`update job set state = 'cancelled', ended_at = now() where id = ${id}`.execute(this.db.tx());
    await this.log.job(id, 'info', 'Cancelled.');
    await this.settle(id);
  }

  async cancel(id: string): Promise<void> {
    if ((await this.lock(id)).state !== 'open') return;
    await sql`update job set state = 'cancelling' where id = ${id}`.execute(this.db.tx());
    await this.log.job(
      id,
      'info',
      'Cancel was requested; shards that wait are called off, running shards are signaled to stop.',
    );
    await this.callOff(id);
    await this.cancelIfIdle(id);
  }

  /**
   * Queues all unfinished shards again. Finished shards stay done. Throws `precondition` unless the job
   * failed or was cancelled.
   */
  async retry(id: string): Promise<void> {
    const { state } = await this.lock(id);
    if (state !== 'failed' && state !== 'cancelled')
      throw notRetryable(id, state === 'open' ? 'queued or running' : state);
    await sql`update job set state = 'open', fault = null, ended_at = null where id = ${id}`.execute(
      this.db.tx(),
    );
    const { numAffectedRows = 0n } = await sql`
      update shard s set state = 'queued', attempt = 0, outages = 0, losses = 0, errors = 0, available_at =
        now(), fault = null, started_at = null, attempt_started_at = null, ended_at = null, done = 0,
        turn = coalesce(first + 2 * place, 0)
      from (select stage, index, row_number() over (order by stage, index) - 1 as place from shard where
        job_id = ${id} and state in ('failed', 'cancelled')) again, job j cross join ${FIRST_TURN}
      where j.id = ${id} and s.job_id = ${id} and s.stage = again.stage and s.index = again.index`.execute(
      this.db.tx(),
    );
    await this.log.job(
      id,
      'info',
      `Retry was requested; ${shardsText(Number(numAffectedRows))} queued again, what was done stays done.`,
    );
    signal(this.db, 'queued', id);
    signal(this.db, 'changed', id);
  }

  private async callOff(id: string): Promise<void> {
    await sql`update shard set state = 'cancelled', ended_at = now() where job_id = ${id} and state = 'queued'`.execute(
      this.db.tx(),
    );
    signal(this.db, 'stop', id);
  }

  private async settle(id: string): Promise<void> {
    signal(this.db, 'changed', id);
    const job = await this.find(id);
    if (job === undefined || !hasEnded(job.state)) return;
    jobsEnded.inc({ service: this.db.schema, kind: job.kind, state: job.state });
    await this.settled(job);
  }
}
