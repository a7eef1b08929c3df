import { setTimeout as sleep } from 'node:timers/promises';
import {
  decodePageToken,
  encodePageToken,
  findOrThrow,
  hasEnded,
  isUuid,
  type JobState,
  pageSize,
  uuidv7,
} from '@noema/kernel';
import { currentTraceparent, withSpan } from '@noema/observability';
import { type AnyDatabase, idempotent } from '@noema/postgres';
import { sql } from 'kysely';
import type { Job, Json } from './job.js';
import { admitJob } from './job-admission.js';
import { jobNotFound, noShards } from './job.errors.js';
import { JobLedger, type Settled } from './job-ledger.js';
import { jobsCreated } from './job.metrics.js';
import { type JobLogEntry, type LogPage, shardsText } from './job-log.js';
import { type JobRow, toJob } from './job-row.js';
import { type JobShard, listShards } from './job-shards.js';
import { jobChannel, parseSignal } from './job-signal.js';

export interface NewJob {
  readonly kind: string;
  readonly teamId: string;
  /** Id of the resource that the job creates or changes. */
  readonly subjectId: string;
  readonly payload: Json;
  /** Number of shards of the first stage. Default: 1. */
  readonly shards?: number;
  /** Delay before a worker may start the job. */
  readonly delayMs?: number;
  /**
   * If true, the job's shards take turns with shards of the team's other such jobs. Otherwise all of them run
   * before the shards of a later job.
   */
  readonly takesTurns?: boolean;
  readonly requestId?: string;
  /**
   * If true, the first stage stays open: its shard 0 waits until `close`, and `addShard` adds more before.
   */
  readonly open?: boolean;
}

export interface JobFilter {
  readonly states?: readonly JobState[];
  readonly subjectId?: string;
  readonly kind?: string;
  readonly pageSize?: number;
  readonly pageToken?: string;
}

export interface JobStoreOptions {
  /** Maximum number of unfinished jobs of one team, independent of its quota. Default: 10,000. */
  readonly maxUnfinished?: number;
  /** Device of the workers (`engineBackend`). Default: `cpu`. */
  readonly device?: string;
  readonly settled?: Settled;
}

/** Creates, reads and controls the jobs of a service. Workers run them. */
export class JobStore {
  readonly ledger: JobLedger;

  constructor(
    private readonly db: AnyDatabase,
    private readonly options: JobStoreOptions = {},
  ) {
    this.ledger = new JobLedger(db, options.settled);
  }

  /**
   * Queues a job in the ambient or a new transaction of the team and returns its id. Throws `exhausted`
   * QUEUE_FULL or QUOTA_EXCEEDED.
   */
  async create(job: NewJob): Promise<string> {
    const {
      kind,
      teamId,
      subjectId,
      payload,
      shards = 1,
      requestId = '',
      delayMs = 0,
      takesTurns = false,
      open = false,
    } = job;
    if (!(shards >= 1)) throw noShards(kind, shards);
    const request = {
      teamId,
      method: `jobs.${kind}`,
      requestId,
      text: () => [JSON.stringify({ subjectId, payload, shards })],
    };
    return idempotent(this.db, request, () =>
      withSpan(
        `create ${kind}`,
        {
          role: 'producer',
          service: this.db.schema,
          attributes: { 'noema.job.kind': kind, 'noema.job.shards': shards },
        },
        async (span) => {
          await admitJob(this.db, teamId, {
            maxUnfinished: this.options.maxUnfinished ?? 10_000,
            device: this.options.device ?? 'cpu',
          });
          const id = uuidv7();
          await sql`insert into team_turn (team_id) values (${teamId}) on conflict do nothing`.execute(
            this.db.tx(),
          );
          await sql`
        insert into job (id, team_id, kind, subject_id, payload, traceparent, takes_turns)
        values (${id}, ${teamId}, ${kind}, ${subjectId}, ${JSON.stringify(payload)}::jsonb,
          ${currentTraceparent()}, ${takesTurns})`.execute(this.db.tx());
          await this.ledger.addShards(id, 0, shards, { delayMs });
          if (open) await this.ledger.hold(id);
          await this.ledger.log.job(
            id,
            'info',
            'Accepted with ' +
              `${shardsText(shards)}${delayMs > 0 ? `; begins in ${Math.round(delayMs / 100) / 10} s` : ''}.`,
          );
          span.set({ 'noema.job.id': id });
          jobsCreated.inc({ service: this.db.schema, kind });
          return id;
        },
      ),
    );
  }

  /**
   * Adds a shard to the first stage of a job that was created `open`, in the ambient transaction. A shard that
   * exists stays unchanged. Throws `precondition` JOB_CLOSED for a job that has ended or was closed.
   */
  addShard(id: string, index: number): Promise<void> {
    return this.ledger.addShard(id, index);
  }

  /** Lets a job that was created `open` end with its last shard, in the ambient transaction. */
  close(id: string): Promise<void> {
    return this.ledger.release(id);
  }

  /** Throws `not-found` JOB_NOT_FOUND, also for a job of another team. */
  get(teamId: string, id: string): Promise<Job> {
    return this.db.run(teamId, () => findOrThrow(this.ledger, id, jobNotFound));
  }

  /** Returns a page of the team's jobs, newest first. */
  async list(
    teamId: string,
    filter: JobFilter = {},
  ): Promise<{ readonly jobs: Job[]; readonly nextPageToken: string }> {
    const { states = [], subjectId = '', kind = '', pageToken = '' } = filter;
    const query = { states, subjectId, kind };
    const [before = null] = decodePageToken(query, pageToken, ['uuid']) ?? [];
    const size = pageSize(filter.pageSize ?? 0);
    return this.db.run(teamId, async () => {
      const inStates =
        states.length === 0
          ? sql`true`
          : sql`state = any(${[...states]}::text[])
              and id in (select j.id from job j where j.state = any(${storedStates(states)}::text[]))`;
      const { rows } = await sql<JobRow>`
        select * from job_status
        where ${inStates} and (${subjectId} = '' or subject_id = ${subjectId})
          and (${kind} = '' or kind = ${kind}) and (${before}::uuid is null or id < ${before}::uuid)
        order by id desc limit ${size + 1}`.execute(this.db.tx());
      const jobs = rows.slice(0, size).map(toJob);
      return { jobs, nextPageToken: rows.length > size ? encodePageToken(query, [jobs.at(-1)!.id]) : '' };
    });
  }

  /** Returns a page of the job's shards, by stage and index. Throws `not-found` JOB_NOT_FOUND. */
  shards(
    teamId: string,
    id: string,
    page: LogPage = {},
  ): Promise<{ readonly shards: JobShard[]; readonly nextPageToken: string }> {
    return this.within(teamId, id, () => listShards(this.db, id, page));
  }

  /**
   * Returns a page of the job's log, oldest entry first. A job keeps its newest 1,000 entries. Throws
   * `not-found` JOB_NOT_FOUND.
   */
  log(
    teamId: string,
    id: string,
    page: LogPage = {},
  ): Promise<{ readonly entries: JobLogEntry[]; readonly nextPageToken: string }> {
    return this.within(teamId, id, () => this.ledger.log.list(id, page));
  }

  /** Requests that the job stops, and returns it. A job that has ended does not change. */
  cancel(teamId: string, id: string): Promise<Job> {
    return this.change(teamId, id, () => this.ledger.cancel(id));
  }

  /** Queues a failed or cancelled job again and returns it. */
  retry(teamId: string, id: string): Promise<Job> {
    return this.change(teamId, id, () => this.ledger.retry(id));
  }

  /** Yields the job now and after every change, until it has ended. */
  async *watch(teamId: string, id: string, stop: AbortSignal): AsyncGenerator<Job> {
    let wake: () => void = () => undefined;
    let changed = true;
    const tell = (): void => {
      changed = true;
      wake();
    };
    const listening = await this.db.listen(jobChannel(this.db.schema), (payload) => {
      if (payload === undefined || parseSignal(payload).jobId === id) tell();
    });
    const slowPoll = setInterval(tell, 5_000);
    stop.addEventListener('abort', tell);
    try {
      let last = '';
      while (!stop.aborted) {
        changed = false;
        const askedMs = performance.now();
        const job = await this.get(teamId, id);
        const tookMs = performance.now() - askedMs;
        const seen = JSON.stringify(job);
        if (seen !== last) yield job;
        if (hasEnded(job.state)) return;
        last = seen;
        // Summing up a job with very many shards is slow, and such a job changes often. Query for at most a
        // fifth of the time.
        await sleep(Math.min(2_000, 4 * tookMs), undefined, { signal: stop }).catch(() => undefined);
        if (!changed)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      clearInterval(slowPoll);
      stop.removeEventListener('abort', tell);
      await listening.stop();
    }
  }

  private within<T>(teamId: string, id: string, work: () => Promise<T>): Promise<T> {
    return this.db.run(teamId, async () => {
      if (
        !isUuid(id) ||
        (await sql`select 1 from job where id = ${id}`.execute(this.db.tx())).rows.length === 0
      )
        throw jobNotFound(id);
      return work();
    });
  }

  private change(teamId: string, id: string, work: () => Promise<void>): Promise<Job> {
    return this.db.run(teamId, async () => {
      if (!isUuid(id)) throw jobNotFound(id);
      await work();
      return (await this.ledger.find(id))!;
    });
  }
}

/**
 * States of the rows for the given job states. The row of an open job does not distinguish queued from
 * running; its shards do.
 */
const storedStates = (states: readonly JobState[]): string[] =>
  states.map((state) => (state === 'queued' || state === 'running' ? 'open' : state));
