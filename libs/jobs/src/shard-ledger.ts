import type { Fault } from '@noema/kernel';
import type { AnyDatabase } from '@noema/postgres';
import { sql } from 'kysely';
import {
  classifyFailure,
  FAILURE_CLASSES,
  type FailureClass,
  type FailureCounts,
  maxFailures,
  mayTryAgain,
} from './failure.js';
import type { JobProgress, Json } from './job.js';
import { toFault, jobCancelled, leaseLost, workerLost } from './job.errors.js';
import type { JobKind, ShardOutcome, Stage } from './job-kind.js';
import type { JobLedger } from './job-ledger.js';
import { shardsText } from './job-log.js';
import { signal } from './job-signal.js';
import type { ShardLease } from './shard-lease.js';

/**
 * The writes of a worker. Each presents its lease token, and has no effect if the worker has lost the shard.
 */
export class ShardLedger {
  private readonly db: AnyDatabase;

  constructor(private readonly jobs: JobLedger) {
    this.db = jobs.db;
  }

  /**
   * Extends the lease and reports the progress. Returns false if the worker has lost the shard or its job
   * must stop.
   */
  beat(lease: ShardLease, leaseMs: number, progress: JobProgress | undefined): Promise<boolean> {
    return this.db.run(lease.teamId, async () => {
      const { rows } = await sql<{ state: string }>`
        update shard s set lease_until = now() + make_interval(secs => ${leaseMs / 1_000}),
          done = coalesce(${progress?.done ?? null}, s.done), total = coalesce(${progress?.total ?? null},
            s.total),
          unit = coalesce(${progress?.unit ?? null}, s.unit), message = coalesce(${progress?.message ?? null},
            s.message)
        from job j where j.id = s.job_id and ${this.mine(lease)} returning j.state`.execute(this.db.tx());
      if (rows[0] === undefined) return false;
      if (progress !== undefined) signal(this.db, 'changed', lease.jobId);
      return rows[0].state === 'open';
    });
  }

  /**
   * Runs work in a transaction that only the owner of the shard can commit. It counts as progress: earlier
   * failures are forgotten.
   */
  commit<T>(lease: ShardLease, work: () => Promise<T>): Promise<T> {
    return this.db.run(lease.teamId, async () => {
      const { rows } = await sql<{ state: string }>`
        update shard s set outages = 0, losses = 0, errors = 0, progressed_at = clock_timestamp()
        from job j where j.id = s.job_id and ${this.mine(lease)} returning j.state`.execute(this.db.tx());
      if (rows[0] === undefined) throw leaseLost(lease.jobId);
      if (rows[0].state !== 'open') throw jobCancelled(lease.jobId);
      return work();
    });
  }

  /**
   * Marks the shard done together with its effect. The last shard of a stage opens the next stage or ends the
   * job.
   */
  finish<P>(lease: ShardLease, { stages }: JobKind<P>, { result, commit }: ShardOutcome): Promise<void> {
    return this.db.run(lease.teamId, async () => {
      const { state } = await this.jobs.lock(lease.jobId);
      if (state !== 'open') throw jobCancelled(lease.jobId);
      await this.write(
        lease,
        sql`state = 'done', result = ${JSON.stringify(result)}::jsonb, done = greatest(s.done, s.total),
          ended_at = now()`,
      );
      await commit?.();
      if (await this.isUnfinished(lease)) {
        signal(this.db, 'changed', lease.jobId);
        return;
      }
      const { rows } = await sql<{ results: Json[]; count: number; seconds: number }>`
        select jsonb_agg(result order by index) as results, count(*)::int as count, extract(epoch from
          clock_timestamp() - min(started_at))::float8 as seconds
        from shard where job_id = ${lease.jobId} and stage = ${lease.stage}`.execute(this.db.tx());
      const { results, count, seconds } = rows[0]!;
      const { name } = stages[lease.stage]!;
      await this.jobs.log.stage(lease.jobId, lease.stage, {
        name,
        message: `Stage "${name}" done: ${shardsText(count)} in ${Math.round(seconds * 10) / 10} s.`,
      });
      await this.advance(lease, stages, results);
    });
  }

  /**
   * Records that an attempt failed. The shard waits for the next attempt, or the job fails with the error.
   */
  fail(lease: ShardLease, kind: JobKind, error: unknown): Promise<void> {
    return this.db.run(lease.teamId, async () => {
      if ((await this.jobs.lock(lease.jobId)).state !== 'open') return this.stopped(lease);
      await this.settleFailure(lease, kind, {
        error,
        counts: await this.countFailure(lease, classifyFailure(error)),
      });
    });
  }

  /**
   * Fails the attempt of a lost worker if the lease has expired. Throws `conflict` LEASE_LOST if it was
   * extended or taken in the meantime.
   */
  expire(lease: ShardLease, kind: JobKind, workerId: string): Promise<void> {
    return this.db.run(lease.teamId, async () => {
      const { state } = await this.jobs.lock(lease.jobId);
      const { rows } =
        await sql`select 1 from shard s where ${this.mine(lease)} and s.lease_until < now() for update`.execute(
          this.db.tx(),
        );
      if (rows.length === 0) throw leaseLost(lease.jobId);
      if (state !== 'open') return this.stopped(lease);
      const counts = await this.countFailure(lease, 'loss');
      await this.settleFailure(lease, kind, { error: workerLost(workerId, counts.losses), counts });
    });
  }

  /**
   * Releases the unfinished shard for the given reason, without counting an attempt. If its job must stop,
   * the shard ends with it.
   */
  async release(lease: ShardLease, reason: Error): Promise<void> {
    await this.db.run(lease.teamId, async () => {
      if ((await this.jobs.lock(lease.jobId)).state !== 'open') return this.stopped(lease);
      await this.write(lease, sql`state = 'queued', attempt = s.attempt - 1, available_at = now()`);
      await this.jobs.log.attempt(
        lease,
        'info',
        `Given back: ${reason.message}. This does not count as an attempt.`,
      );
      signal(this.db, 'queued', lease.jobId);
    });
  }

  /**
   * True while a shard of the stage is not done. Runs behind the lock on the job, so that exactly one
   * transaction sees the last shard.
   */
  private async isUnfinished({ jobId, stage }: ShardLease): Promise<boolean> {
    const { rows } =
      await sql`select 1 from shard where job_id = ${jobId} and stage = ${stage} and state <> 'done' limit 1`.execute(
        this.db.tx(),
      );
    return rows.length > 0;
  }

  private async countFailure(lease: ShardLease, failure: FailureClass): Promise<FailureCounts> {
    const { column } = FAILURE_CLASSES[failure];
    const { rows } = await sql<FailureCounts>`
      update shard s set ${sql.ref(column)} = ${sql.ref(`s.${column}`)} + 1 where ${this.mine(lease)}
        returning s.outages, s.losses, s.errors`.execute(this.db.tx());
    if (rows[0] === undefined) throw leaseLost(lease.jobId);
    return rows[0];
  }

  /** Queues the shard for another attempt if its class of failure has one left; otherwise fails its job. */
  private async settleFailure(
    lease: ShardLease,
    kind: JobKind,
    { error, counts }: { readonly error: unknown; readonly counts: FailureCounts },
  ): Promise<void> {
    const failure = classifyFailure(error);
    const { column, label } = FAILURE_CLASSES[failure];
    const [count, limit, fault] = [counts[column], maxFailures(kind, failure), toFault(error)];
    if (!mayTryAgain(error, count, limit))
      return this.failForGood(lease, { ...fault, metadata: { ...fault.metadata, ...asMetadata(counts) } });
    const seconds = Math.min(60, ((kind.retryDelayMs ?? 1_000) / 1_000) * 2 ** (count - 1));
    await this.write(
      lease,
      sql`state = 'queued', fault = ${JSON.stringify(fault)}::jsonb,
        available_at = now() + make_interval(secs => ${seconds})`,
    );
    await this.jobs.log.attempt(
      lease,
      'warning',
      `Attempt ${lease.attempt} failed (${label} ${count} of at most ${limit}) and is repeated in ` +
        `${seconds} s: ${fault.message}`,
      fault,
    );
    signal(this.db, 'queued', lease.jobId);
  }

  private async failForGood(lease: ShardLease, fault: Fault): Promise<void> {
    await this.write(lease, sql`state = 'failed', fault = ${JSON.stringify(fault)}::jsonb, ended_at = now()`);
    await this.jobs.log.attempt(
      lease,
      'error',
      `Attempt ${lease.attempt} failed for good: ${fault.message}`,
      fault,
    );
    await this.jobs.fail(lease.jobId, fault);
  }

  private async stopped(lease: ShardLease): Promise<void> {
    await this.write(lease, sql`state = 'cancelled', ended_at = now()`);
    if ((await this.jobs.lock(lease.jobId)).state === 'cancelling') await this.jobs.cancelIfIdle(lease.jobId);
  }

  private async advance<P>(
    lease: ShardLease,
    stages: readonly Stage<P>[],
    results: readonly Json[],
  ): Promise<void> {
    let done = results;
    for (let next = lease.stage + 1; next < stages.length; next++) {
      const stage = stages[next]!;
      const count = stage.shards?.({ payload: lease.payload as P, results: done }) ?? 1;
      if (count > 0) {
        await this.jobs.enterStage(lease.jobId, next);
        return this.jobs.addShards(lease.jobId, next, count, { name: stage.name });
      }
      done = [];
    }
    await this.jobs.succeed(lease.jobId, done);
  }

  /** Ends the attempt and adds its duration to the team's account, for any outcome. */
  private async write(lease: ShardLease, set: ReturnType<typeof sql>): Promise<void> {
    const { rows } = await sql`
      with ended as (
        update shard s set lease_token = null, lease_until = null, ${set} where ${this.mine(lease)}
        returning s.team_id, s.device, extract(epoch from clock_timestamp() - coalesce(s.attempt_started_at,
          clock_timestamp()))::float8 as seconds)
      insert into compute_time as c (team_id, day, device, seconds) select team_id, (now() at time zone
        'UTC')::date, device, seconds from ended
      on conflict (team_id, day, device) do update set seconds = c.seconds + excluded.seconds returning 1`.execute(
      this.db.tx(),
    );
    if (rows.length === 0) throw leaseLost(lease.jobId);
  }

  private mine({ jobId, stage, index, token }: ShardLease): ReturnType<typeof sql> {
    return sql`s.job_id = ${jobId} and s.stage = ${stage} and s.index = ${index}
      and s.lease_token = ${token} and s.state = 'running'`;
  }
}

/** Returns the failure counts as metadata of the fault that ends a job. Empty for a first failure. */
function asMetadata({ outages, losses, errors }: FailureCounts): Record<string, string> {
  return outages + losses + errors === 1
    ? {}
    : { outages: String(outages), losses: String(losses), errors: String(errors) };
}
