import { randomUUID } from 'node:crypto';
import { DomainError } from '@noema/kernel';
import { assertRowLevelSecurity, type Database } from '@noema/postgres';
import { waitFor } from '@noema/testing';
import { describe, expect, it } from 'vitest';
import {
  adminUrl,
  type Any,
  create,
  db,
  effect,
  ended,
  gate,
  kind,
  store,
  team,
  useStore,
  useWorks,
  work,
  workers,
} from '../test/harness.js';
import { effects, leaveEffect, type Works } from '../test/works.js';
import type { Stage } from './index.js';

useWorks();

describe('a job', () => {
  it('runs its shards, then the next stage with their results, and ends with the last results', async () => {
    const stages: Stage<Any>[] = [
      { name: 'square', run: ({ index }) => Promise.resolve({ result: index * index }) },
      {
        name: 'sum',
        shards: () => 1,
        run: ({ results }) => Promise.resolve({ result: (results as number[]).reduce((a, b) => a + b) }),
      },
      { name: 'nothing', shards: () => 0, run: () => Promise.reject(new Error('skipped')) },
      { name: 'close', run: ({ results }) => Promise.resolve({ result: { empty: results.length === 0 } }) },
    ];
    const id = await create(4);
    await work([kind(effect, { stages: stages.slice(0, 2) })], { concurrency: 2 });
    expect(await ended(id)).toMatchObject({ state: 'succeeded', result: [14], stage: 'sum', attempt: 1 });
    await workers.pop()!.stop();
    const other = await create(1);
    await work([kind(effect, { stages })]);
    expect(await ended(other)).toMatchObject({
      state: 'succeeded',
      stage: 'close',
      result: [{ empty: true }],
    });
  });

  it('reports its progress to watchers', async () => {
    const { open, opened } = gate();
    const id = await create(2);
    await work([
      kind(async (context) => {
        context.progress(512, 2048, 'samples', 'reading');
        await opened;
        return effect(context);
      }),
    ]);
    const seen: string[] = [];
    for await (const job of store.watch(team, id, AbortSignal.timeout(60_000))) {
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
    const second = await store.list(team, {
      pageSize: 2,
      states: ['queued'],
      pageToken: first.nextPageToken,
    });
    expect(second.jobs.map((j) => j.id)).toEqual([ids[0]]);
    expect(second.nextPageToken).toBe('');
    await expect(
      store.list(team, { states: ['failed'], pageToken: first.nextPageToken }),
    ).rejects.toMatchObject({ reason: 'PAGE_TOKEN_INVALID' });
    expect((await store.list(team, { kind: 'works.other' })).jobs).toEqual([]);
  });
});

it('starts no earlier than requested', async () => {
  await work([kind(effect)]);
  const startedMs = performance.now();
  const id = await store.create({
    kind: 'works.do',
    teamId: team,
    subjectId: 'thing',
    payload: {},
    delayMs: 400,
  });
  expect((await ended(id)).state).toBe('succeeded');
  expect(performance.now() - startedMs).toBeGreaterThan(380);
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
    await work(
      [
        kind(({ job, index }) =>
          Promise.resolve({
            result: index,
            commit: async () => {
              await leaveEffect(db, job.teamId, job.id, index);
              committed = true;
            },
          }),
        ),
      ],
      { db: flaky },
    );
    expect(await ended(id)).toMatchObject({ state: 'succeeded', attempt: 1 });
    await waitFor(() => lost);
    await workers.pop()!.stop();
    expect(await effects(db, team, id)).toHaveLength(1);
  });
});

describe('RELIABILITY 13: queue full', () => {
  it('is refused as exhausted with a time to wait; another team is not concerned', async () => {
    useStore({ maxUnfinished: 2 });
    await create();
    await create();
    await expect(create()).rejects.toMatchObject({
      kind: 'exhausted',
      reason: 'QUEUE_FULL',
      metadata: { retry_after_seconds: '30' },
    });
    await create(1, randomUUID());
  });
});

describe('RELIABILITY 27: one team floods', () => {
  it('another team waits for one shard at most, not for all', async () => {
    const order: string[] = [];
    const small = randomUUID();
    await create(40);
    await create(1, small);
    const late = await create(1, small);
    await work([
      kind((context) => {
        order.push(context.job.teamId);
        return effect(context);
      }),
    ]);
    await ended(late, small);
    expect(order.filter((t) => t === small)).toHaveLength(2);
    expect(order.indexOf(small)).toBeLessThanOrEqual(1);
    expect(order.lastIndexOf(small)).toBeLessThanOrEqual(4);
  });
});

describe('jobs that take turns', () => {
  const asked = (shards: number) =>
    store.create({
      kind: 'works.do',
      teamId: team,
      subjectId: 'thing',
      payload: {},
      shards,
      takesTurns: true,
    });

  it('wait for one shard of a job that was there before, which goes on although others keep coming', async () => {
    const order: string[] = [];
    const late: string[] = [];
    const [large, small] = [await asked(4), await asked(2)];
    await work([
      kind(async (context) => {
        order.push(context.job.id);
        if (late.length < 40 && order.filter((id) => id === large).length < 4) late.push(await asked(1));
        return effect(context);
      }),
    ]);
    await ended(large);
    expect(order.slice(0, 2)).toEqual([large, small]);
    expect(late.length).toBeLessThan(40);
    for (const id of [small, ...late]) await ended(id);
    expect(order.filter((id) => id === small)).toHaveLength(2);
  });

  it('go on with their next stage, and after a retry, at the turn that is next then', async () => {
    const order: string[] = [];
    let isBroken = true;
    const stages: Stage<Any>[] = [
      {
        name: 'first',
        run: (context) => {
          order.push(context.job.id);
          return effect(context);
        },
      },
      {
        name: 'second',
        shards: () => 3,
        run: (context) => {
          order.push(context.job.id);
          if (isBroken && context.index === 2)
            return Promise.reject(new DomainError('invalid', 'BROKEN', 'is broken'));
          return Promise.resolve({ result: null });
        },
      },
    ];
    const [failing, other] = [await asked(1), await asked(4)];
    await work([kind(effect, { stages })]);
    expect((await ended(failing)).state).toBe('failed');
    await ended(other);
    expect(order.slice(0, 4)).toEqual([failing, other, failing, other]);
    isBroken = false;
    await store.retry(team, failing);
    expect((await ended(failing)).state).toBe('succeeded');
    expect((await ended(other)).state).toBe('failed');
  });

  it('others of a team end in the order in which they came', async () => {
    const order: string[] = [];
    const [first, second] = [await create(3), await create(1)];
    await work([
      kind((context) => {
        order.push(context.job.id);
        return effect(context);
      }),
    ]);
    await ended(second);
    expect(order).toEqual([first, first, first, second]);
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

it('notifies its service when it ends, in the same transaction', async () => {
  const settled: string[] = [];
  const onEnd = (job: { state: string }) => {
    settled.push(job.state);
    return Promise.resolve();
  };
  useStore({ settled: onEnd });
  await store.cancel(team, await create());
  const id = await create();
  await work([kind(effect)], { settled: onEnd });
  await ended(id);
  expect(settled).toEqual(['cancelled', 'succeeded']);
});
