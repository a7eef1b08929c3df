import { decodePageToken, encodePageToken, type Fault, pageSize } from '@noema/kernel';
import type { AnyDatabase } from '@noema/postgres';
import { type RawBuilder, sql } from 'kysely';

export type LogLevel = 'info' | 'warning' | 'error';

/** An event in the life of a job. */
export interface JobLogEntry {
  readonly at: Date;
  readonly level: LogLevel;
  /** Human-readable sentence. */
  readonly message: string;
  /** Name of the stage. Empty for events of the whole job. */
  readonly stage: string;
  /** Index of the shard; −1 for events of the whole stage or job. */
  readonly shard: number;
  /** Number of the attempt, starting at 1; 0 for events outside an attempt. */
  readonly attempt: number;
  /** Id of the worker. Empty for events without a worker. */
  readonly workerId: string;
  readonly fault: Fault | undefined;
}

export interface LogPage {
  readonly pageSize?: number;
  readonly pageToken?: string;
}

/** Identifies an attempt at a shard. */
export interface ShardAttempt {
  readonly jobId: string;
  readonly stage: number;
  readonly index: number;
  readonly attempt: number;
}

interface EntryRow extends Omit<JobLogEntry, 'stage' | 'workerId' | 'fault'> {
  readonly id: string;
  readonly stage_name: string;
  readonly worker_id: string;
  readonly fault: Fault | null;
}

/** Number of entries that a job keeps. Older entries are deleted. */
export const MAX_LOG_ENTRIES = 1_000;

/** `1 shard`, `5 shards`. */
export const shardsText = (count: number): string => `${count} ${count === 1 ? 'shard' : 'shards'}`;

const json = (fault: Fault | undefined): string | null =>
  fault === undefined ? null : JSON.stringify(fault);

/**
 * The logs of jobs. Every write is part of the ambient transaction, so an entry exists exactly if the event
 * happened.
 */
export class JobLog {
  constructor(private readonly db: AnyDatabase) {}

  /** Logs an event of the whole job. */
  async job(jobId: string, level: LogLevel, message: string, fault?: Fault): Promise<void> {
    await this.insert(
      jobId,
      sql`
      (job_id, team_id, level, message, fault)
      select id, team_id, ${level}, ${message}, ${json(fault)}::jsonb from job where id = ${jobId}`,
    );
  }

  /** Logs an event of a stage. A stage starts when its first shard is claimed. */
  async stage(
    jobId: string,
    stage: number,
    entry: {
      readonly name: string;
      readonly message: string;
      readonly workerId?: string;
      readonly begins?: boolean;
    },
  ): Promise<void> {
    await this.insert(
      jobId,
      sql`
      (job_id, team_id, level, message, stage, stage_name, worker_id, begins)
      select id, team_id, 'info', ${entry.message}, ${stage}, ${entry.name}, ${entry.workerId ?? ''},
        ${entry.begins ?? null}::boolean
      from job where id = ${jobId}
      on conflict (job_id, stage) where begins do nothing`,
    );
  }

  /** Logs an event of an attempt at a shard, with the worker that last held it. */
  async attempt(
    { jobId, stage, index, attempt }: ShardAttempt,
    level: LogLevel,
    message: string,
    fault?: Fault,
  ): Promise<void> {
    await this.insert(
      jobId,
      sql`
      (job_id, team_id, level, message, stage, stage_name, shard, attempt, worker_id, fault)
      select job_id, team_id, ${level}, ${message}, stage, stage_name, index, ${attempt},
        coalesce(worker_id, ''), ${json(fault)}::jsonb
      from shard where job_id = ${jobId} and stage = ${stage} and index = ${index}`,
    );
  }

  /** Returns a page of entries, oldest first. */
  async list(
    jobId: string,
    { pageSize: asked = 0, pageToken = '' }: LogPage,
  ): Promise<{ readonly entries: JobLogEntry[]; readonly nextPageToken: string }> {
    const query = { log: jobId };
    const [after = '0'] = decodePageToken(query, pageToken, ['sequence']) ?? [];
    const size = pageSize(asked);
    const { rows } = await sql<EntryRow>`
      select id, at, level, message, stage_name, shard, attempt, worker_id, fault from job_log_entry
      where job_id = ${jobId} and id > ${String(after)}::bigint order by id limit ${size + 1}`.execute(
      this.db.tx(),
    );
    const page = rows.slice(0, size);
    return {
      entries: page.map(toEntry),
      nextPageToken: rows.length > size ? encodePageToken(query, [page.at(-1)!.id]) : '',
    };
  }

  private async insert(jobId: string, values: RawBuilder<unknown>): Promise<void> {
    await sql`
      with added as (insert into job_log_entry ${values})
      delete from job_log_entry where job_id = ${jobId}
        and id <= (select id from job_log_entry where job_id = ${jobId} order by id desc offset
          ${MAX_LOG_ENTRIES - 1} limit 1)`.execute(this.db.tx());
  }
}

const toEntry = ({
  at,
  level,
  message,
  stage_name,
  shard,
  attempt,
  worker_id,
  fault,
}: EntryRow): JobLogEntry => ({
  at,
  level,
  message,
  stage: stage_name,
  shard,
  attempt,
  workerId: worker_id,
  fault: fault ?? undefined,
});
