import { withSpan } from '@noema/observability';
import type { AnyDatabase } from '@noema/postgres';
import { sql } from 'kysely';
import { isLeaseLost } from './job.errors.js';
import type { JobKind } from './job-kind.js';
import { leasesLost } from './job.metrics.js';
import type { ShardLease } from './shard-lease.js';
import type { ShardLedger } from './shard-ledger.js';

interface Expired {
  readonly job_id: string;
  readonly team_id: string;
  readonly kind: string;
  readonly stage: number;
  readonly index: number;
  readonly attempt: number;
  readonly lease_token: string;
  readonly worker_id: string;
  readonly traceparent: string | null;
}

/**
 * Queues shards whose lease has expired, or fails their job after the last attempt. Any number of reconcilers
 * may run. Returns the number of shards that it changed.
 */
export async function reconcile(
  db: AnyDatabase,
  ledger: ShardLedger,
  kinds: readonly JobKind[],
): Promise<number> {
  const byName = new Map(kinds.map((kind) => [kind.kind, kind]));
  const { rows } = await db.runSystem(() =>
    sql<Expired>`
    select s.job_id, s.team_id, s.kind, s.stage, s.index, s.attempt, s.lease_token, s.worker_id, j.traceparent
      from shard s join job j on j.id = s.job_id
    where s.state = 'running' and s.lease_until < now() and s.kind = any(${[...byName.keys()]}::text[]) limit
      100`.execute(db.tx()),
  );
  let moved = 0;
  for (const row of rows) {
    try {
      const parent = row.traceparent ?? undefined;
      await withSpan(
        `expire ${row.kind}`,
        { role: 'consumer', service: db.schema, parent, attributes: { 'noema.job.id': row.job_id } },
        () => ledger.expire(toLease(row), byName.get(row.kind)!, row.worker_id),
      );
      leasesLost.inc({ service: db.schema, kind: row.kind });
      moved++;
    } catch (error) {
      // The worker finished the shard in the meantime, or another reconciler was faster.
      if (!isLeaseLost(error)) throw error;
    }
  }
  return moved;
}

const toLease = (row: Expired): ShardLease => ({
  jobId: row.job_id,
  teamId: row.team_id,
  kind: row.kind,
  stage: row.stage,
  index: row.index,
  attempt: row.attempt,
  token: row.lease_token,
  subjectId: '',
  payload: null,
  results: [],
  traceparent: row.traceparent ?? undefined,
});
