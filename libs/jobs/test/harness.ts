import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import type { Database } from '@noema/postgres';
import { startPostgres, type TestPostgres, waitFor } from '@noema/testing';
import { type RawBuilder, sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import {
  type Job,
  type JobKind,
  JobStore,
  type JobStoreOptions,
  runWorker,
  type ShardContext,
  type Stage,
  type Worker,
  type WorkerOptions,
} from '../src/index.js';
import { JobLedger } from '../src/job-ledger.js';
import { reconcile } from '../src/reconciler.js';
import { ShardLedger } from '../src/shard-ledger.js';
import { connectWorks, leaveEffect, type Works, worksUrl } from './works.js';

/** One Postgres per test file, one database per test. */
export let postgres: TestPostgres;
export let adminUrl: string;
export let url: string;
export let db: Database<Works>;
export let store: JobStore;
export const workers: Worker[] = [];
export const team = randomUUID();
const children: ChildProcess[] = [];

/** Registers the hooks. Call it once at the top of a test file. */
export function useWorks(): void {
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(async () => {
    await postgres.stop();
  });
  beforeEach(async () => {
    adminUrl = await postgres.createDatabase();
    url = await worksUrl(adminUrl);
    db = connectWorks(url);
    store = new JobStore(db);
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await db.close();
  });
}

/** Creates the store again, with options. */
export const useStore = (options: JobStoreOptions): void => {
  store = new JobStore(db, options);
};

export type Any = Record<string, never>;

/** A kind with one stage. */
export const kind = (run: Stage<Any>['run'], over: Partial<JobKind<Any>> = {}): JobKind<Any> => ({
  kind: 'works.do',
  retryDelayMs: 10,
  stages: [{ name: 'do', run }],
  ...over,
});

/** Work whose effect is a row. */
export const effect = ({ job, index }: ShardContext<Any>) =>
  Promise.resolve({ result: index, commit: () => leaveEffect(db, job.teamId, job.id, index) });

/**
 * Starts a worker in this process. Its lease outlasts any pause of a slow machine; `loseLeases` ends it.
 */
export async function work(
  kinds: readonly JobKind<Any>[],
  over: Partial<WorkerOptions> = {},
): Promise<Worker> {
  const worker = await runWorker({
    db,
    kinds,
    workerId: `w${workers.length}`,
    leaseMs: 60_000,
    pollMs: 50,
    ...over,
  });
  workers.push(worker);
  return worker;
}

/**
 * Starts a worker in a separate process (worker.process.ts) that holds the given shard until a message lets
 * it continue.
 */
export async function startProcess(workerId: string, hangAt: number): Promise<ChildProcess> {
  const child = fork(new URL('./worker.process.js', import.meta.url), [url, workerId, String(hangAt)], {
    stdio: 'inherit',
  });
  children.push(child);
  await once(child, 'message');
  return child;
}

export const create = (shards = 1, teamId = team, requestId = ''): Promise<string> =>
  store.create({ kind: 'works.do', teamId, subjectId: 'thing', payload: {}, shards, requestId });

export const ended = (id: string, teamId = team): Promise<Job> =>
  waitFor(
    async () => {
      const job = await store.get(teamId, id);
      return job.endedAt && job;
    },
    { what: `job ${id} to end` },
  );

export const held = async (id: string): Promise<void> => {
  await waitFor(async () => (await store.get(team, id)).shards.running === 1);
};

/** Queues the shards whose leases have ended, as any worker does now and then; returns how many. */
export const reconcileNow = (of = kind(effect)): Promise<number> =>
  reconcile(db, new ShardLedger(new JobLedger(db)), [of]);

/** Ends the leases of a job's shards, as if their workers had been killed. Their handlers can no longer write. */
export async function loseLeases(id: string, of = kind(effect)): Promise<void> {
  await tamper(
    sql`update shard set lease_token = ${randomUUID()}, lease_until = now() - interval '1 s' where job_id = ${id}
      and state = 'running'`,
  );
  await reconcileNow(of);
}

/** Waits until the job's only running shard is in this attempt; queues what dead workers hold meanwhile. */
export async function untilAttempt(id: string, attempt: number): Promise<void> {
  await waitFor(
    async () => {
      await reconcileNow();
      const job = await store.get(team, id);
      return job.attempt === attempt && job.shards.running === 1;
    },
    { what: `attempt ${attempt} to run` },
  );
}

/** The end of the lease of a job's only shard. */
export const leaseUntil = async (id: string): Promise<Date> =>
  (
    await db.runSystem(() =>
      sql<{ at: Date }>`select lease_until as at from shard where job_id = ${id}`.execute(db.tx()),
    )
  ).rows[0]!.at;

/** A promise that a test resolves by hand. */
export function gate(): { open: () => void; opened: Promise<void> } {
  let open = () => undefined as void;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    open: () => {
      open();
    },
    opened,
  };
}

/** Changes rows without the code under test. */
export const tamper = (statement: RawBuilder<unknown>) => db.runSystem(() => statement.execute(db.tx()));

/** Work that ends only when its signal aborts. */
export const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
