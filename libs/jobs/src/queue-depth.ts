import type { AnyDatabase } from '@noema/postgres';
import { sql } from 'kysely';

/** What waits and what is worked on, of one kind of job, over all teams. */
export interface QueueDepth {
  readonly kind: string;
  /** Shards that a worker could begin now. */
  readonly queued: number;
  /**
   * Shards that nobody may begin yet: they wait for their next attempt or for the moment that was asked for.
   */
  readonly delayed: number;
  readonly running: number;
  /**
   * How long the shard that waits longest could have been begun, in seconds by the database's clock; 0 when
   * none waits.
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
 * The depth of the service's queue by kind of job, for whoever scales the workers; a kind of which nothing is
 * left is not named.
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
