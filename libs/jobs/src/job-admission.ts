import type { AnyDatabase } from '@noema/postgres';
import { sql } from 'kysely';
import { queueFull, quotaExceeded } from './job.errors.js';

/**
 * Advisory lock that serialises the creation of one team's jobs, so that two transactions cannot both take
 * the last free place.
 */
const LOCK = 0x6a6f6273;

export interface AdmissionOptions {
  /** Maximum number of unfinished jobs of a team. */
  readonly maxUnfinished: number;
  /** Device of this service's workers. */
  readonly device: string;
}

interface StandingRow {
  readonly unfinished: number;
  readonly max_queued_jobs: number | null;
  readonly max_stored_bytes: string | null;
  readonly stored_bytes: string;
  readonly max_gpu_seconds: string | null;
  readonly gpu_seconds: number;
}

/**
 * Admits a job of the ambient transaction's team. Throws `exhausted` QUEUE_FULL, or QUOTA_EXCEEDED if the
 * team has reached its limit of queued jobs, or has no stored bytes or GPU seconds left.
 */
export async function admitJob(
  db: AnyDatabase,
  teamId: string,
  { maxUnfinished, device }: AdmissionOptions,
): Promise<void> {
  await sql`select pg_advisory_xact_lock(${LOCK}, hashtext(${`${db.schema} ${teamId}`}))`.execute(db.tx());
  const { rows } = await sql<StandingRow>`
    select (select count(*)::int from job where state in ('open', 'cancelling')) as unfinished,
      q.max_queued_jobs,
      q.max_stored_bytes, coalesce(u.stored_bytes, 0) + coalesce(q.elsewhere_stored_bytes, 0) as stored_bytes,
      q.max_gpu_seconds, case when q.max_gpu_seconds > 0 and ${device} <> 'cpu' then
        gpu_seconds(${teamId}::uuid) + q.elsewhere_gpu_seconds else 0 end as gpu_seconds
    from (select 1) one left join team_quota q on q.team_id = ${teamId}::uuid left join team_usage u on
      u.team_id = ${teamId}::uuid`.execute(db.tx());
  const {
    unfinished,
    max_queued_jobs: queued,
    max_stored_bytes: bytes,
    stored_bytes: stored,
    max_gpu_seconds: gpu,
    gpu_seconds: seconds,
  } = rows[0]!;
  if (queued !== null && queued > 0 && unfinished >= queued)
    throw quotaExceeded('queued_jobs', BigInt(queued), BigInt(unfinished), 1n);
  if (unfinished >= maxUnfinished) throw queueFull(unfinished, maxUnfinished);
  if (bytes !== null && BigInt(bytes) > 0n && BigInt(stored) >= BigInt(bytes))
    throw quotaExceeded('stored_bytes', BigInt(bytes), BigInt(stored));
  if (gpu !== null && BigInt(gpu) > 0n && seconds >= Number(gpu))
    throw quotaExceeded('gpu_seconds', BigInt(gpu), BigInt(Math.ceil(seconds)));
}
