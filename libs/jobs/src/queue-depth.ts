import type { AnyDatabase } from '@noema/postgres';
import { sql } from 'kysely';

/** Queued and running shards of one kind of job, over all teams. */
export interface QueueDepth {
  readonly kind: string;
  /** Number of shards that a worker could start now. */
  readonly queued: number;
  /**
   * Number of shards that may not start yet: they wait for their next attempt or for the requested start
   * time.
   */
  readonly delayed: number;
  readonly running: number;
  /**
   * Age of the oldest shard that could have started, in seconds by the database's clock; 0 if no shard waits.
   */
  readonly oldestSeconds: number;
}

interface DepthRow {
  readonly kind: string;
  readonly queued: number;
  readonly delayed: number;
  readonly running: number;
  readonly oldest_seconds: number;
}

/**
 * Returns the depth of the service's queue by kind of job, for autoscalers. A kind without shards is left
 * out.
 */
export async function queueDepth(db: AnyDatabase): Promise<QueueDepth[]> {
  const { rows } = await db.runSystem(() =>
    sql<DepthRow>`
    select kind,
      count(*) filter (where state = 'queued' and available_at <= now())::int as queued,
      count(*) filter (where state = 'queued' and available_at > now())::int as delayed,
      count(*) filter (where state = 'running')::int as running,
      greatest(0, coalesce(extract(epoch from now() - min(available_at) filter (where state = 'queued')),
        0))::float8 as oldest_seconds
    from shard where state in ('queued', 'running') group by kind order by kind`.execute(db.tx()),
  );
  return rows.map(({ oldest_seconds, ...row }) => ({ ...row, oldestSeconds: oldest_seconds }));
}
