import type { AnyDatabase } from '@noema/postgres';
import { sql } from 'kysely';
import { WAITING_TEAMS } from './shard-lease.js';

export interface YieldOptions {
  /** Kinds that this worker serves. */
  readonly kinds: readonly string[];
  /** How long a team waits for its first worker before another team yields one. */
  readonly afterMs: number;
  /** Device of this worker. */
  readonly device: string;
}

/**
 * Returns the lease token of the shard to release so that a team without a worker gets one. Returns nothing
 * if no team waits or no team holds two workers. Picks the shard that loses the least work, of the team that
 * holds the most workers. Every worker computes the same shard; its owner acts.
 */
export async function findShardToYield(
  db: AnyDatabase,
  { kinds, afterMs, device }: YieldOptions,
): Promise<string | undefined> {
  const served = sql`${[...kinds]}::text[]`;
  const { rows } = await db.runSystem(() =>
    sql<{ lease_token: string }>`
    with recursive waiting as (${WAITING_TEAMS}),
    held as (select team_id, count(*) as shards from shard where state = 'running' and kind = any(${served})
      group by team_id)
    select s.lease_token from shard s join held h using (team_id)
    where s.state = 'running' and s.kind = any(${served}) and h.shards > 1 and exists (
      select from waiting w left join team_quota q using (team_id)
      where not exists (select from held o where o.team_id = w.team_id)
        and exists (
          select from shard d where d.team_id = w.team_id and d.state = 'queued' and d.kind = any(${served})
            and d.available_at < now() - make_interval(secs => ${afterMs / 1_000}))
        and (coalesce(q.max_running_jobs, 0) = 0 or q.max_running_jobs > q.elsewhere_running_jobs
          + (select count(distinct r.job_id) from shard r where r.team_id = w.team_id and r.state =
            'running'))
        and (${device} = 'cpu' or coalesce(q.max_gpu_seconds, 0) = 0 or gpu_seconds(w.team_id) +
          q.elsewhere_gpu_seconds < q.max_gpu_seconds))
    order by h.shards desc, greatest(s.attempt_started_at, s.progressed_at) desc, s.lease_token limit 1`.execute(
      db.tx(),
    ),
  );
  return rows[0]?.lease_token;
}
