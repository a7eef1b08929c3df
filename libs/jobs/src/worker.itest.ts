import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { assertRowLevelSecurity, type Database } from '@noema/postgres';
import { startPostgres, type TestPostgres, waitFor } from '@noema/testing';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectWorks, effects, leaveEffect, type Works, worksUrl } from '../test/works.js';
import { DomainError } from '@noema/kernel';
import { type JobKind, JobStore, runWorker, type ShardContext, type Stage, type Worker, type WorkerOptions } from './index.js';

let postgres: TestPostgres;
let adminUrl: string;
let url: string;
let db: Database<Works>;
let store: JobStore;
let workers: Worker[];
let children: ChildProcess[];
const team = randomUUID();

beforeAll(async () => { postgres = await startPostgres(); });
afterAll(async () => { await postgres.stop(); });
beforeEach(async () => {
  adminUrl = await postgres.createDatabase();
  url = await worksUrl(adminUrl);
  db = connectWorks(url);
  store = new JobStore(db);
  workers = [];
  children = [];
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  for (const child of children) child.kill('SIGKILL');
  await db.close();
});

type Any = Record<string, never>;
const kind = (run: Stage<Any>['run'], over: Partial<JobKind<Any>> = {}): JobKind<Any> => ({ kind: 'works.do', retryDelayMs: 10, stages: [{ name: 'do', run }], ...over });
const effect = async ({ job, index }: ShardContext<Any>) => ({ result: index, commit: () => leaveEffect(db, job.teamId, job.id, index) });
const work = async (kinds: readonly JobKind<Any>[], over: Partial<WorkerOptions> = {}): Promise<Worker> => {
  const worker = await runWorker({ db, kinds, workerId: `w${workers.length}`, leaseMs: 600, pollMs: 50, ...over });
  workers.push(worker);
  return worker;
};
const create = (shards = 1, teamId = team, requestId = ''): Promise<string> => store.create({ kind: 'works.do', teamId, subjectId: 'thing', payload: {}, shards, requestId });
const ended = (id: string, teamId = team) => waitFor(async () => {
  const job = await store.get(teamId, id);
  return job.endedAt && job;
}, { what: `job ${id} to end` });
const start = async (workerId: string, hangAt: number): Promise<ChildProcess> => {
  const child = fork(new URL('../test/worker.process.js', import.meta.url), [url, workerId, String(hangAt)], { stdio: 'inherit' });
  children.push(child);
  await once(child, 'message');
  return child;
};
const held = async (id: string): Promise<void> => { await waitFor(async () => (await store.get(team, id)).shards.running === 1); };
const gate = () => {
  let open = () => undefined as void;
  const opened = new Promise<void>((resolve) => { open = resolve; });
  return { open: () => { open(); }, opened };
};
const tamper = (statement: ReturnType<typeof sql>) => db.runSystem(() => statement.execute(db.tx()));
/** Work that ends only when it is told to. */
const untilAborted = (signal: AbortSignal) => new Promise<never>((_, reject) => {
  signal.addEventListener('abort', () => { reject(signal.reason as Error); });
});

describe('a job', () => {
  it('runs its shards, then the next stage with their results, and ends with the last results', async () => {
    const stages: Stage<Any>[] = [
      { name: 'square', run: ({ index }) => Promise.resolve({ result: index * index }) },
      { name: 'sum', shards: () => 1, run: ({ results }) => Promise.resolve({ result: (results as number[]).reduce((a, b) => a + b) }) },
      { name: 'nothing', shards: () => 0, run: () => Promise.reject(new Error('skipped')) },
      { name: 'close', run: ({ results }) => Promise.resolve({ result: { empty: results.length === 0 } }) },
    ];
    const id = await create(4);
    await work([kind(effect, { stages: stages.slice(0, 2) })], { concurrency: 2 });
    expect(await ended(id)).toMatchObject({ state: 'succeeded', result: [14], stage: 'sum', attempt: 1 });
    await workers.pop()!.stop();
    const other = await create(1);
    await work([kind(effect, { stages })]);
    expect(await ended(other)).toMatchObject({ state: 'succeeded', stage: 'close', result: [{ empty: true }] });
  });

  it('tells its progress to those who watch', async () => {
    const { open, opened } = gate();
    const id = await create(2);
    await work([kind(async (context) => {
      context.progress(512, 2048, 'samples', 'reading');
      await opened;
      return effect(context);
    })]);
    const seen: string[] = [];
    for await (const job of store.watch(team, id, AbortSignal.timeout(20_000))) {
      seen.push(`${job.state} ${job.progress.done}/${job.progress.total} ${job.progress.unit}`);
      if (job.progress.done === 512) open();
    }
    expect(seen[0]).toMatch(/^(queued 0\/0|running)/);
    expect(seen).toContain('running 512/4096 samples');
    expect(seen.at(-1)).toMatch(/^succeeded/);
  });

  it('lists by state, subject and kind, page by page, newest first', async () => {
    const ids = [await create(), await create(), await create()];
    const first = await store.list(team, { pageSize: 2, states: ['queued'] });
    expect(first.jobs.map((j) => j.id)).toEqual([ids[2], ids[1]]);
    const second = await store.list(team, { pageSize: 2, states: ['queued'], pageToken: first.nextPageToken });
    expect(second.jobs.map((j) => j.id)).toEqual([ids[0]]);
    expect(second.nextPageToken).toBe('');
    await expect(store.list(team, { states: ['failed'], pageToken: first.nextPageToken })).rejects.toMatchObject({ reason: 'PAGE_TOKEN_INVALID' });
    expect((await store.list(team, { kind: 'works.other' })).jobs).toEqual([]);
  });
});

it('is begun no earlier than it was asked for', async () => {
  await work([kind(effect)]);
  const startedMs = performance.now();
  const id = await store.create({ kind: 'works.do', teamId: team, subjectId: 'thing', payload: {}, delayMs: 400 });
  expect((await ended(id)).state).toBe('succeeded');
  expect(performance.now() - startedMs).toBeGreaterThan(380);
});

describe('RELIABILITY 1: SIGKILL of a worker process in mid-job', () => {
  it('another worker goes on from the last finished shard with attempt + 1; one result', async () => {
    const child = await start('doomed', 2);
    const id = await create(4);
    expect(await once(child, 'message')).toEqual(['holding 2', undefined]);
    child.kill('SIGKILL');
    await work([kind(({ job, index }) => Promise.resolve({ result: index, commit: () => leaveEffect(db, job.teamId, job.id, index, 'heir') }))]);
    expect(await ended(id)).toMatchObject({ state: 'succeeded', attempt: 2, result: [0, 1, 2, 3] });
    expect(await effects(db, team, id)).toEqual([
      { shard: 0, worker: 'doomed' }, { shard: 1, worker: 'doomed' }, { shard: 2, worker: 'heir' }, { shard: 3, worker: 'heir' },
    ]);
  });
});

describe('RELIABILITY 2: SIGSTOP of a worker process past its lease, then SIGCONT', () => {
  it('its writes are rejected by the lease token', async () => {
    const child = await start('frozen', 0);
    const id = await create(1);
    await once(child, 'message');
    child.kill('SIGSTOP');
    await work([kind(({ job, index }) => Promise.resolve({ result: index, commit: () => leaveEffect(db, job.teamId, job.id, index, 'heir') }))]);
    expect(await ended(id)).toMatchObject({ state: 'succeeded', attempt: 2 });
    child.kill('SIGCONT');
    child.send('go on');
    // It can claim again only after it has tried to write what it held.
    await workers.pop()!.stop();
    const next = await create(2);
    await waitFor(async () => (await effects(db, team, next)).some((e) => e.worker === 'frozen'));
    expect(await effects(db, team, id)).toEqual([{ shard: 0, worker: 'heir' }]);
  });

  it('a commit in mid-shard is rejected as well', async () => {
    const { open, opened } = gate();
    const errors: unknown[] = [];
    const id = await create(1);
    await work([kind(async (context) => {
      if (context.attempt > 1) return { result: 'second' };
      await opened;
      await context.commit(() => leaveEffect(db, team, id, 0, 'stale')).catch((error: unknown) => { errors.push(error); throw error; });
      return { result: 'first' };
    })], { concurrency: 2 });
    await held(id);
    await tamper(sql`update shard set lease_token = ${randomUUID()}, lease_until = now() - interval '1 s'`);
    expect(await ended(id)).toMatchObject({ state: 'succeeded', result: ['second'] });
    open();
    await waitFor(() => errors.length === 1);
    expect(errors[0]).toMatchObject({ reason: 'LEASE_LOST' });
    expect(await effects(db, team, id)).toEqual([]);
  });
});


describe('RELIABILITY 6: Postgres restarts while a shard is worked on', () => {
  it('the work is not lost: its end is written when the database is back', async () => {
    const { open, opened } = gate();
    const id = await create(1);
    await work([kind(async (context) => { await opened; return effect(context); })], { leaseMs: 20_000 });
    await held(id);
    await postgres.restart('immediate');
    open();
    expect(await waitFor(() => store.get(team, id).then((job) => job.endedAt && job))).toMatchObject({ state: 'succeeded', attempt: 1 });
    expect(await effects(db, team, id)).toHaveLength(1);
  });
});

describe('RELIABILITY 7: request ids', () => {
  it('the same request makes one job; another body is refused', async () => {
    const id = await create(1, team, 'r');
    expect(await create(1, team, 'r')).toBe(id);
    await expect(create(2, team, 'r')).rejects.toMatchObject({ kind: 'exists', reason: 'REQUEST_ID_REUSED' });
    expect((await store.list(team)).jobs).toHaveLength(1);
  });
  it('a worker whose commit succeeded and whose answer was lost tries again and changes nothing', async () => {
    let lost = false;
    let committed = false;
    const flaky: Database<Works> = Object.create(db) as Database<Works>;
    flaky.run = async (teamId, run) => {
      const result = await db.run(teamId, run);
      if (committed && !lost) {
        lost = true;
        throw new DomainError('unavailable', 'DATABASE_UNAVAILABLE', 'the answer was lost');
      }
      return result;
    };
    const id = await create(1);
    await work([kind(({ job, index }) => Promise.resolve({ result: index, commit: async () => { await leaveEffect(db, job.teamId, job.id, index); committed = true; } }))], { db: flaky });
    expect(await ended(id)).toMatchObject({ state: 'succeeded', attempt: 1 });
    await waitFor(() => lost);
    await workers.pop()!.stop();
    expect(await effects(db, team, id)).toHaveLength(1);
  });
});

describe('RELIABILITY 12: poison', () => {
  it('after the last attempt the job has failed with a reason, the queue goes on, and a retry keeps what was done', async () => {
    let poisonous = true;
    const runs: number[] = [];
    const id = await create(3);
    const good = await create(1, randomUUID());
    await work([kind((context) => {
      if (context.job.id === id) runs.push(context.index);
      if (poisonous && context.job.id === id && context.index === 1) throw new DomainError('internal', 'BAD_SAMPLE', 'sample 7 cannot be read');
      return effect(context);
    })]);
    const failed = await ended(id);
    expect(failed).toMatchObject({ state: 'failed', attempt: 3, fault: { reason: 'BAD_SAMPLE', message: 'sample 7 cannot be read' } });
    expect(good).toBeDefined();
    poisonous = false;
    await store.retry(team, id);
    expect(await ended(id)).toMatchObject({ state: 'succeeded', result: [0, 1, 2] });
    expect((await effects(db, team, id)).map((e) => e.shard)).toEqual([0, 1, 2]);
    expect(runs.filter((index) => index === 0)).toHaveLength(1);
  });
  it('an error that repeating cannot cure fails it at once', async () => {
    const id = await create(1);
    await work([kind(() => Promise.reject(new DomainError('invalid', 'NO_SUCH_LAYER', 'layer "x" does not exist')))]);
    expect(await ended(id)).toMatchObject({ state: 'failed', attempt: 1, fault: { kind: 'invalid', reason: 'NO_SUCH_LAYER' } });
  });
  it('a shard that ends its worker each time fails with that reason', async () => {
    const id = await create(1);
    await work([kind(() => new Promise(() => undefined), { maxAttempts: 2 })], { concurrency: 3, graceMs: 0 });
    for (const attempt of [1, 2]) {
      await waitFor(async () => (await store.get(team, id)).attempt === attempt && (await store.get(team, id)).shards.running === 1);
      await tamper(sql`update shard set lease_token = ${randomUUID()}, lease_until = now() - interval '1 s'`);
    }
    expect(await ended(id)).toMatchObject({ state: 'failed', fault: { reason: 'WORKER_LOST' } });
  });
});

describe('RELIABILITY 13: queue full', () => {
  it('is refused as exhausted with a time to wait; another team is not concerned', async () => {
    store = new JobStore(db, { maxUnfinished: 2 });
    await create();
    await create();
    await expect(create()).rejects.toMatchObject({ kind: 'exhausted', reason: 'QUEUE_FULL', metadata: { retry_after_seconds: '30' } });
    await create(1, randomUUID());
  });
});

describe('RELIABILITY 15: cancel', () => {
  it('stops the work that runs within a second and calls off what waits', async () => {
    const id = await create(3);
    await work([kind(({ signal }) => untilAborted(signal))], { leaseMs: 30_000 });
    await held(id);
    const startedMs = performance.now();
    expect((await store.cancel(team, id)).state).toBe('cancelling');
    expect(await ended(id)).toMatchObject({ state: 'cancelled', shards: { running: 0, queued: 0 } });
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    expect((await store.cancel(team, id)).state).toBe('cancelled');
  });
  it('a job that nobody has begun is cancelled at once, and work that finishes too late leaves no effect', async () => {
    expect((await store.cancel(team, await create())).state).toBe('cancelled');
    const { open, opened } = gate();
    const id = await create(1);
    await work([kind(async (context) => { await opened; return effect(context); })]);
    await held(id);
    await store.cancel(team, id);
    open();
    expect((await ended(id)).state).toBe('cancelled');
    expect(await effects(db, team, id)).toEqual([]);
  });
  it('a cancelled job can be retried', async () => {
    const id = await create(2);
    await store.cancel(team, id);
    await store.retry(team, id);
    await work([kind(effect)]);
    expect((await ended(id)).state).toBe('succeeded');
    await expect(store.retry(team, id)).rejects.toMatchObject({ reason: 'JOB_NOT_RETRYABLE' });
  });
});

describe('RELIABILITY 16: the worker is told to stop', () => {
  it('finishes its shard when the grace time allows', async () => {
    const { open, opened } = gate();
    const id = await create(2);
    const worker = await work([kind(async (context) => { await opened; return effect(context); })], { graceMs: 20_000 });
    await held(id);
    const stopped = worker.stop();
    open();
    await stopped;
    expect(await store.get(team, id)).toMatchObject({ shards: { done: 1, queued: 1, running: 0 } });
  });
  it('gives back what takes longer, without counting an attempt', async () => {
    const id = await create(1);
    const worker = await work([kind(({ signal }) => untilAborted(signal))], { graceMs: 10 });
    await held(id);
    await worker.stop();
    expect(await store.get(team, id)).toMatchObject({ shards: { queued: 1, running: 0 }, attempt: 0 });
    await work([kind(effect)]);
    expect(await ended(id)).toMatchObject({ state: 'succeeded', attempt: 1 });
  });
});

describe('RELIABILITY 21: the wall clock of a worker jumps', () => {
  it('changes nothing: leases end by database time', async () => {
    const { open, opened } = gate();
    const real = Date.now;
    const id = await create(1);
    try {
      await work([kind(async (context) => { await opened; return effect(context); })], { leaseMs: 5_000 });
      await held(id);
      Date.now = () => real() + 3_600_000;
      await work([kind(() => Promise.reject(new Error('stolen')))], { leaseMs: 400 });
      await create(1, randomUUID());
      await waitFor(async () => (await store.get(team, id)).shards.running === 1);
      open();
      expect(await ended(id)).toMatchObject({ state: 'succeeded', attempt: 1 });
    } finally {
      Date.now = real;
    }
  });
});

describe('RELIABILITY 24: two workers, two reconcilers', () => {
  it('each shard once', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, () => create(8)));
    const other = connectWorks(url);
    for (const each of [db, db, other]) {
      await work([kind(({ job, index }) => Promise.resolve({ result: index, commit: () => leaveEffect(each, job.teamId, job.id, index) }))], { db: each, concurrency: 2, leaseMs: 400 });
    }
    for (const id of ids) {
      expect(await ended(id)).toMatchObject({ state: 'succeeded', attempt: 1 });
      expect((await effects(db, team, id)).map((e) => e.shard)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    }
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
    await other.close();
  });
});

describe('RELIABILITY 27: one team floods', () => {
  it('another team waits for one shard at most, not for all', async () => {
    const order: string[] = [];
    const small = randomUUID();
    await create(40);
    await create(1, small);
    const late = await create(1, small);
    await work([kind((context) => { order.push(context.job.teamId); return effect(context); })]);
    await ended(late, small);
    expect(order.filter((t) => t === small)).toHaveLength(2);
    expect(order.indexOf(small)).toBeLessThanOrEqual(1);
    expect(order.lastIndexOf(small)).toBeLessThanOrEqual(4);
  });
});

describe('RELIABILITY 28: another team', () => {
  it('does not find the job, cannot cancel or retry it, and row-level security holds', async () => {
    const id = await create();
    const stranger = randomUUID();
    await expect(store.get(stranger, id)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(store.cancel(stranger, id)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(store.retry(stranger, id)).rejects.toMatchObject({ kind: 'not-found' });
    expect((await store.list(stranger)).jobs).toEqual([]);
    await expect(store.get(team, 'no uuid')).rejects.toMatchObject({ kind: 'not-found' });
    await assertRowLevelSecurity(adminUrl, 'works');
  });
});

it('tells its service when it ends, in the same transaction', async () => {
  const settled: string[] = [];
  const onEnd = (job: { state: string }) => { settled.push(job.state); return Promise.resolve(); };
  store = new JobStore(db, { settled: onEnd });
  await store.cancel(team, await create());
  const id = await create();
  await work([kind(effect)], { settled: onEnd });
  await ended(id);
  expect(settled).toEqual(['cancelled', 'succeeded']);
});
