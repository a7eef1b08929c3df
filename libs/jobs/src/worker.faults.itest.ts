import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { DomainError } from '@noema/kernel';
import { waitFor } from '@noema/testing';
import { describe, expect, it } from 'vitest';
import {
  create,
  db,
  effect,
  ended,
  gate,
  held,
  kind,
  leaseUntil,
  loseLeases,
  postgres,
  reconcileNow,
  startProcess,
  store,
  team,
  untilAttempt,
  url,
  useWorks,
  work,
  workers,
} from '../test/harness.js';
import { connectWorks, effects, leaveEffect } from '../test/works.js';
import { JobLedger } from './job-ledger.js';
import { reconcile } from './reconciler.js';
import { claimShard } from './shard-lease.js';
import { ShardLedger } from './shard-ledger.js';

useWorks();

describe('RELIABILITY 1: SIGKILL of a worker process in mid-job', () => {
  it('another worker goes on from the last finished shard with attempt + 1; one result', async () => {
    const child = await startProcess('doomed', 2);
    const holding = once(child, 'message');
    const id = await create(4);
    expect(await holding).toEqual(['holding 2', undefined]);
    child.kill('SIGKILL');
    await work(
      [
        kind(({ job, index }) =>
          Promise.resolve({
            result: index,
            commit: () => leaveEffect(db, job.teamId, job.id, index, 'heir'),
          }),
        ),
      ],
      { leaseMs: 2_000 },
    );
    expect(await ended(id)).toMatchObject({ state: 'succeeded', attempt: 2, result: [0, 1, 2, 3] });
    expect(await effects(db, team, id)).toEqual([
      { shard: 0, worker: 'doomed' },
      { shard: 1, worker: 'doomed' },
      { shard: 2, worker: 'heir' },
      { shard: 3, worker: 'heir' },
    ]);
  });
});

describe('RELIABILITY 22: a device that is lost at work', () => {
  it('ends its worker, which claims nothing more; another one does the shard, as a further attempt', async () => {
    const gone: string[] = [];
    let tries = 0;
    await work(
      [
        kind(() => {
          tries++;
          return Promise.reject(new DomainError('unavailable', 'DEVICE_LOST', 'CUDA failure 719'));
        }),
      ],
      {
        deviceGone: (error) => {
          gone.push(error.message);
        },
      },
    );
    const id = await create(2);
    await waitFor(() => gone.length === 1);
    await work([kind(effect)]);
    expect(await ended(id)).toMatchObject({ state: 'succeeded', attempt: 2 });
    expect([tries, gone, (await effects(db, team, id)).length]).toEqual([1, ['CUDA failure 719'], 2]);
  });
});

describe('RELIABILITY 2: SIGSTOP of a worker process past its lease, then SIGCONT', () => {
  it('its writes are rejected by the lease token, while the heir is still at work', async () => {
    const { open, opened } = gate();
    const child = await startProcess('frozen', 0);
    const holding = once(child, 'message');
    const id = await create(1);
    await holding;
    child.kill('SIGSTOP');
    await work([
      kind(async ({ job, index }) => {
        await opened;
        return { result: 'heir', commit: () => leaveEffect(db, job.teamId, job.id, index, 'heir') };
      }),
    ]);
    await untilAttempt(id, 2);
    child.kill('SIGCONT');
    child.send('go on');
    // The worker takes another job only after it has tried to write its old shard, and the new owner is busy.
    const next = await create(1);
    await ended(next);
    expect(await effects(db, team, next)).toEqual([{ shard: 0, worker: 'frozen' }]);
    expect(await store.get(team, id)).toMatchObject({ attempt: 2, shards: { running: 1, done: 0 } });
    open();
    expect(await ended(id)).toMatchObject({ state: 'succeeded', attempt: 2, result: ['heir'] });
    expect(await effects(db, team, id)).toEqual([{ shard: 0, worker: 'heir' }]);
  });

  it('it keeps a shard that no other worker has taken, in the same attempt', async () => {
    const child = await startProcess('paused', 0);
    const holding = once(child, 'message');
    const id = await create(1);
    await holding;
    child.kill('SIGSTOP');
    await waitFor(async () => (await leaseUntil(id)) < new Date(), { what: 'the lease to end' });
    child.kill('SIGCONT');
    await waitFor(async () => (await leaseUntil(id)) > new Date(), { what: 'the lease to be extended' });
    child.send('go on');
    expect(await ended(id)).toMatchObject({ state: 'succeeded', attempt: 1 });
  });

  it('a commit in mid-shard is rejected as well', async () => {
    const [stale, heir] = [gate(), gate()];
    const errors: unknown[] = [];
    const id = await create(1);
    await work(
      [
        kind(async (context) => {
          if (context.attempt > 1) {
            await heir.opened;
            return { result: 'second' };
          }
          await stale.opened;
          await context
            .commit(() => leaveEffect(db, team, id, 0, 'stale'))
            .catch((error: unknown) => {
              errors.push(error);
              throw error;
            });
          return { result: 'first' };
        }),
      ],
      { concurrency: 2 },
    );
    await held(id);
    await loseLeases(id);
    await untilAttempt(id, 2);
    stale.open();
    await waitFor(() => errors.length === 1);
    expect(errors[0]).toMatchObject({ reason: 'LEASE_LOST' });
    heir.open();
    expect(await ended(id)).toMatchObject({ state: 'succeeded', result: ['second'] });
    expect(await effects(db, team, id)).toEqual([]);
  });
});

describe('RELIABILITY 6: Postgres restarts while a shard is worked on', () => {
  it('the work is not lost: its end is written when the database is back', async () => {
    const { open, opened } = gate();
    const id = await create(1);
    await work([
      kind(async (context) => {
        await opened;
        return effect(context);
      }),
    ]);
    await held(id);
    await postgres.restart('immediate', () => {
      open();
      return expect(db.ping()).rejects.toMatchObject({ kind: 'unavailable' });
    });
    expect(await waitFor(() => store.get(team, id).then((job) => job.endedAt && job))).toMatchObject({
      state: 'succeeded',
      attempt: 1,
    });
    expect(await effects(db, team, id)).toHaveLength(1);
  });
});

describe('RELIABILITY 12: poison', () => {
  it(
    'after the last attempt the job has failed with a reason, the queue goes on, and a retry keeps what ' +
      'was done',
    async () => {
      let poisonous = true;
      const runs: number[] = [];
      const id = await create(3);
      const good = await create(1, randomUUID());
      await work([
        kind((context) => {
          if (context.job.id === id) runs.push(context.index);
          if (poisonous && context.job.id === id && context.index === 1)
            throw new DomainError('internal', 'BAD_SAMPLE', 'sample 7 cannot be read');
          return effect(context);
        }),
      ]);
      const failed = await ended(id);
      expect(failed).toMatchObject({
        state: 'failed',
        attempt: 3,
        fault: { reason: 'BAD_SAMPLE', message: 'sample 7 cannot be read' },
      });
      expect(good).toBeDefined();
      poisonous = false;
      await store.retry(team, id);
      expect(await ended(id)).toMatchObject({ state: 'succeeded', result: [0, 1, 2] });
      expect((await effects(db, team, id)).map((e) => e.shard)).toEqual([0, 1, 2]);
      expect(runs.filter((index) => index === 0)).toHaveLength(1);
    },
  );
  it(
    'what a shard needs and cannot reach is waited for longer than what is wrong with it, and not for ' +
      'ever',
    async () => {
      const away = new DomainError('unavailable', 'STORE_FAILED', 'the artifact store failed at put');
      const [back, gone] = [await create(1), await create(1)];
      await work([
        kind((context) =>
          context.job.id === back && context.attempt === 6 ? effect(context) : Promise.reject(away),
        ),
      ]);
      expect(await ended(back)).toMatchObject({ state: 'succeeded', attempt: 6 });
      expect(await ended(gone)).toMatchObject({
        state: 'failed',
        attempt: 8,
        fault: { reason: 'STORE_FAILED' },
      });
    },
  );
  it('an error that repeating cannot cure fails it at once', async () => {
    const id = await create(1);
    await work([
      kind(() => Promise.reject(new DomainError('invalid', 'NO_SUCH_LAYER', 'layer "x" does not exist'))),
    ]);
    expect(await ended(id)).toMatchObject({
      state: 'failed',
      attempt: 1,
      fault: { kind: 'invalid', reason: 'NO_SUCH_LAYER' },
    });
  });
  it('a shard that ends its worker each time fails with that reason', async () => {
    const id = await create(1);
    const fatal = kind(() => new Promise(() => undefined), { maxAttempts: 2 });
    await work([fatal], { concurrency: 3, graceMs: 0 });
    for (const attempt of [1, 2]) {
      await untilAttempt(id, attempt);
      await loseLeases(id, fatal);
    }
    expect(await ended(id)).toMatchObject({ state: 'failed', fault: { reason: 'WORKER_LOST' } });
  });
});

describe('RELIABILITY 21: the wall clock of a worker jumps', () => {
  it.each([
    ['ahead', 3_600_000],
    ['back', -3_600_000],
  ])('%s: leases end by database time and are prolonged by monotonic time', async (_where, byMs) => {
    const { open, opened } = gate();
    const [wallClock, monotonic] = [Date.now, performance.now.bind(performance)];
    const id = await create(1);
    try {
      await work([
        kind(async (context) => {
          await opened;
          return effect(context);
        }),
      ]);
      await held(id);
      const before = await leaseUntil(id);
      Date.now = () => wallClock() + byMs;
      performance.now = () => monotonic() + 25_000; // more than a third of the lease, and less than it
      await waitFor(async () => (await leaseUntil(id)) > before, {
        what: 'the lease to be prolonged after the jump',
      });
      expect(await reconcileNow()).toBe(0);
      open();
      expect(await ended(id)).toMatchObject({ state: 'succeeded', attempt: 1 });
    } finally {
      Date.now = wallClock;
      performance.now = monotonic;
    }
  });
});

describe('RELIABILITY 24: two workers, two reconcilers', () => {
  it('each shard once', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, () => create(8)));
    const other = connectWorks(url);
    for (const each of [db, db, other]) {
      await work(
        [
          kind(({ job, index }) =>
            Promise.resolve({ result: index, commit: () => leaveEffect(each, job.teamId, job.id, index) }),
          ),
        ],
        { db: each, concurrency: 2 },
      );
    }
    for (const id of ids) {
      expect(await ended(id)).toMatchObject({ state: 'succeeded', attempt: 1 });
      expect((await effects(db, team, id)).map((e) => e.shard)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    }
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
    await other.close();
  });
  it('each dead lease is put back once, and counts as one attempt', async () => {
    const id = await create(8);
    const others = [1, 2, 3].map(() => connectWorks(url));
    for (let i = 0; i < 8; i++)
      await claimShard(db, { stages: { 'works.do': ['do'] }, workerId: 'dead', leaseMs: 0 });
    const moved = await Promise.all(
      others.map((each) => reconcile(each, new ShardLedger(new JobLedger(each)), [kind(effect)])),
    );
    expect(moved.reduce((a, b) => a + b)).toBe(8);
    expect(await store.get(team, id)).toMatchObject({
      attempt: 1,
      shards: { queued: 8, running: 0, failed: 0 },
    });
    await Promise.all(others.map((each) => each.close()));
  });
});
