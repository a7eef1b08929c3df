import type { ComputeTime, ServiceUsage } from '@noema/kernel';
import type { AnyDatabase } from '@noema/postgres';
import { sql } from 'kysely';
import { quotaExceeded } from './job.errors.js';

/** Limits of a team; 0 means no limit. */
export interface QuotaLimits {
  readonly maxQueuedJobs: number;
  readonly maxRunningJobs: number;
  readonly maxSamples: bigint;
  readonly maxStoredBytes: bigint;
  /** GPU time within 30 days. */
  readonly maxGpuSeconds: bigint;
}

/** Usage of all other services together by a team. */
export type UsageElsewhere = Pick<ServiceUsage, 'samples' | 'storedBytes' | 'runningJobs' | 'gpuSeconds'>;

/** Usage of a team, with the version that was read. */
export interface VersionedUsage {
  readonly usage: ServiceUsage;
  readonly version: string;
}

interface UsageRow {
  readonly samples: string;
  readonly stored_bytes: string;
  readonly version: string;
  readonly queued: number;
  readonly running: number;
  readonly gpu_seconds: number;
  readonly compute: ComputeTime[];
}

/** Reads and updates the usage and the limits of each team. Triggers on the tables enforce them. */
export class TeamQuotas {
  constructor(private readonly db: AnyDatabase) {}

  /** Returns the team's usage of this service. */
  usage(teamId: string): Promise<VersionedUsage> {
    return this.db.run(teamId, async () => {
      const { rows } = await sql<UsageRow>`
        select coalesce(u.samples, 0) as samples, coalesce(u.stored_bytes, 0) as stored_bytes,
          coalesce(u.version, 0) as version, gpu_seconds(${teamId}::uuid) as gpu_seconds,
          (select count(*)::int from job where state in ('open', 'cancelling')) as queued,
          (select count(distinct job_id)::int from shard where team_id = ${teamId}::uuid and state =
            'running') as running,
          coalesce((select jsonb_agg(jsonb_build_object('day', day, 'device', device, 'seconds', seconds)
            order by day, device)
            from compute_time where day > (now() at time zone 'UTC')::date - 30), '[]') as compute
        from (select 1) one left join team_usage u on u.team_id = ${teamId}::uuid`.execute(this.db.tx());
      const row = rows[0]!;
      return {
        version: row.version,
        usage: {
          samples: BigInt(row.samples),
          storedBytes: BigInt(row.stored_bytes),
          queuedJobs: row.queued,
          runningJobs: row.running,
          gpuSeconds: row.gpu_seconds,
          compute: row.compute,
        },
      };
    });
  }

  /**
   * Returns teams whose usage changed since it was reported, or that have unfinished jobs and were not
   * reported for `activeMs`, oldest first. Marks them as reported, so that no other process reports them too.
   */
  takeDue({ changedMs = 1_000, activeMs = 15_000, limit = 50 } = {}): Promise<string[]> {
    return this.db.runSystem(async () => {
      await sql`insert into team_quota (team_id) select team_id from team_usage where not exists (select from
        team_quota q where q.team_id = team_usage.team_id) on conflict do nothing`.execute(this.db.tx());
      const { rows } = await sql<{ team_id: string }>`
        update team_quota set asked_at = clock_timestamp() where team_id in (
          select q.team_id from team_quota q join team_usage u using (team_id)
          where (u.version <> q.reported_version and q.asked_at < now() - make_interval(secs =>
            ${changedMs / 1_000}))
            or (q.asked_at < now() - make_interval(secs => ${activeMs / 1_000}) and exists (select from job j
              where j.team_id = q.team_id and j.state in ('open', 'cancelling')))
          order by q.asked_at limit ${limit} for update of q skip locked)
        returning team_id`.execute(this.db.tx());
      return rows.map((row) => row.team_id);
    });
  }

  /**
   * Returns the time since the last report of the team to the workspace service in milliseconds, or
   * `undefined` if there was none.
   */
  async ageMs(teamId: string): Promise<number | undefined> {
    const { rows } = await this.db.run(teamId, () =>
      sql<{ age: number }>`
      select extract(epoch from now() - asked_at)::float8 * 1000 as age from team_quota where team_id =
        ${teamId}::uuid and reported_version > 0`.execute(this.db.tx()),
    );
    return rows[0]?.age;
  }

  /**
   * Stores the team's limits, its usage of other services, and the version of its usage that was reported.
   */
  async save(teamId: string, version: string, limits: QuotaLimits, elsewhere: UsageElsewhere): Promise<void> {
    const row = {
      max_queued_jobs: limits.maxQueuedJobs,
      max_running_jobs: limits.maxRunningJobs,
      max_samples: limits.maxSamples,
      max_stored_bytes: limits.maxStoredBytes,
      max_gpu_seconds: limits.maxGpuSeconds,
      elsewhere_running_jobs: elsewhere.runningJobs,
      elsewhere_samples: elsewhere.samples,
      elsewhere_stored_bytes: elsewhere.storedBytes,
      elsewhere_gpu_seconds: elsewhere.gpuSeconds,
      reported_version: BigInt(version),
    };
    await this.db.run(teamId, async () => {
      const now = sql`clock_timestamp()`;
      await this.db
        .tx()
        .insertInto('team_quota')
        .values({ team_id: teamId, ...row, asked_at: now })
        .onConflict((c) => c.column('team_id').doUpdateSet({ ...row, asked_at: now }))
        .execute();
      await this.db
        .tx()
        .insertInto('team_usage')
        .values({ team_id: teamId })
        .onConflict((c) => c.doNothing())
        .execute();
    });
  }

  /**
   * Rejects work whose result would exceed the quota before it starts. The tables enforce the quota when the
   * result is written. Throws `exhausted` QUOTA_EXCEEDED.
   */
  async requireSamples(teamId: string, more: number): Promise<void> {
    await this.db.run(teamId, async () => {
      const { rows } = await sql<{ most: string; used: string }>`
        select q.max_samples as most, coalesce(u.samples, 0) + q.elsewhere_samples as used
        from team_quota q left join team_usage u using (team_id) where q.team_id = ${teamId}::uuid and
          q.max_samples > 0`.execute(this.db.tx());
      const [row] = rows;
      if (row !== undefined && BigInt(row.used) + BigInt(more) > BigInt(row.most))
        throw quotaExceeded('samples', BigInt(row.most), BigInt(row.used), BigInt(more));
    });
  }
}
