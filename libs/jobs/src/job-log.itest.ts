import { randomUUID } from 'node:crypto';
import { DomainError } from '@noema/kernel';
import { assertRowLevelSecurity } from '@noema/postgres';
import { waitFor } from '@noema/testing';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import {
  adminUrl,
  create,
  db,
  effect,
  ended,
  gate,
  held,
  kind,
  loseLeases,
  store,
  tamper,
  team,
  untilAborted,
  useWorks,
  work,
  workers,
} from '../test/harness.js';
import { MAX_LOG_ENTRIES } from './job-log.js';

useWorks();

const told = async (id: string): Promise<string[]> =>
  (await store.log(team, id)).entries.map(
    ({ level, message }) => `${level} ${message.replace(/[\d.]+ s\b/, '? s')}`,
  );

describe('the log of a job', () => {
  it('reports what happened, from accepted to succeeded, with each stage', async () => {
    const id = await create(3);
    await work(
      [
        kind(effect, {
          stages: [
            { name: 'read', run: effect },
            { name: 'join', run: () => Promise.resolve({ result: 1 }) },
          ],
        }),
      ],
      { concurrency: 2 },
    );
    await ended(id);
    expect(await told(id)).toEqual([
      'info Accepted with 3 shards.',
      'info Stage "read" started.',
      'info Stage "read" done: 3 shards in ? s.',
      'info Stage "join" started.',
      'info Stage "join" done: 1 shard in ? s.',
      'info Succeeded.',
    ]);
    const { entries } = await store.log(team, id);
    expect(entries[1]).toMatchObject({
      stage: 'read',
      shard: -1,
      attempt: 0,
      workerId: 'w0',
      fault: undefined,
    });
    expect(entries.map((e) => e.at.getTime())).toEqual(
      entries.map((e) => e.at.getTime()).sort((a, b) => a - b),
    );
  });

  it(
    'reports each attempt that failed, when it is repeated and by whom it was made; a failure and ' +
      'a retry',
    async () => {
      let poisonous = true;
      const id = await create(2);
      await work([
        kind(
          (context) =>
            poisonous && context.index === 1
              ? Promise.reject(new DomainError('internal', 'BAD_SAMPLE', 'sample 7 cannot be read'))
              : effect(context),
          { maxAttempts: 2 },
        ),
      ]);
      await ended(id);
      poisonous = false;
      await store.retry(team, id);
      await ended(id);
      expect(await told(id)).toEqual([
        'info Accepted with 2 shards.',
        'info Stage "do" started.',
        'warning Attempt 1 failed (error 1 of at most 2) and is repeated in ? s: sample 7 cannot be read',
        'error Attempt 2 failed for good: sample 7 cannot be read',
        'error Failed: sample 7 cannot be read',
        'info Retry was requested; 1 shard queued again, what was done stays done.',
        'info Stage "do" done: 2 shards in ? s.',
        'info Succeeded.',
      ]);
      expect((await store.log(team, id)).entries[2]).toMatchObject({
        stage: 'do',
        shard: 1,
        attempt: 1,
        workerId: 'w0',
        fault: { reason: 'BAD_SAMPLE' },
      });
    },
  );

  it('reports an error whose text no database holds, or only a part of it', async () => {
    const id = await create(1);
    await work([
      kind(() =>
        Promise.reject(
          new DomainError('invalid', 'ODD', `a\0b \ud800 ${'x'.repeat(100_000)}`, {
            metadata: { value: '\0' },
          }),
        ),
      ),
    ]);
    const { fault } = await ended(id);
    expect(fault).toMatchObject({ reason: 'ODD', metadata: { value: '\ufffd' } });
    expect(fault!.message).toMatch(/^a\ufffdb \ufffd x{8000,}$/);
    expect((await store.log(team, id)).entries.at(-1)).toMatchObject({
      message: `Failed: ${fault!.message}`,
      fault,
    });
  });

  it('reports a lease that was lost', async () => {
    const { open, opened } = gate();
    const id = await create(1);
    await work(
      [
        kind(async (context) => {
          if (context.attempt === 1) await opened;
          return effect(context);
        }),
      ],
      { concurrency: 2 },
    );
    await held(id);
    await loseLeases(id);
    expect((await ended(id)).state).toBe('succeeded');
    open();
    const { entries } = await store.log(team, id);
    expect(entries.filter((e) => e.level === 'warning')).toMatchObject([
      { shard: 0, attempt: 1, workerId: 'w0', fault: { reason: 'WORKER_LOST' } },
    ]);
    expect(entries.at(-1)!.message).toBe('Succeeded.');
  });

  it('reports a cancel and a worker that shut down', async () => {
    const id = await create(1);
    const worker = await work([kind(({ signal }) => untilAborted(signal))], { graceMs: 10 });
    await held(id);
    await worker.stop();
    await work([kind(({ signal }) => untilAborted(signal))]);
    await held(id);
    await store.cancel(team, id);
    await ended(id);
    expect((await told(id)).slice(2)).toEqual([
      'info Given back: the worker shuts down; another one goes on. This does not count as an attempt.',
      'info Cancel was requested; shards that wait are called off, running shards are signaled to stop.',
      'info Cancelled.',
    ]);
  });

  it('is undone with the change that it reports', async () => {
    const id = await create(1);
    await work([
      kind(({ index }) =>
        Promise.resolve({
          result: index,
          commit: () => Promise.reject(new DomainError('invalid', 'NO', 'cannot be stored')),
        }),
      ),
    ]);
    expect((await ended(id)).state).toBe('failed');
    expect((await told(id)).join()).not.toMatch(/done|Succeeded/);
  });

  it('keeps the newest thousand entries, page by page', async () => {
    const id = await create(1);
    await db.run(team, async () => {
      for (let i = 1; i <= MAX_LOG_ENTRIES + 50; i++) await store.ledger.log.job(id, 'info', `entry ${i}`);
    });
    const seen: string[] = [];
    let pageToken = '';
    do {
      const page = await store.log(team, id, { pageSize: 300, pageToken });
      seen.push(...page.entries.map((e) => e.message));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(seen).toEqual(Array.from({ length: MAX_LOG_ENTRIES }, (_, i) => `entry ${i + 51}`));
    await expect(
      store.log(team, await create(1), {
        pageToken: (await store.log(team, id, { pageSize: 1 })).nextPageToken,
      }),
    ).rejects.toMatchObject({ reason: 'PAGE_TOKEN_INVALID' });
  });
});

describe('the shards of a job', () => {
  it('say who holds each, how far it is and why it failed, page by page', async () => {
    const { open, opened } = gate();
    const id = await create(5);
    await work([
      kind(
        async (context) => {
          if (context.index === 1 && context.attempt === 1)
            throw new DomainError('unavailable', 'STORE_SLOW', 'the store is slow');
          if (context.index === 2) {
            context.progress(3, 10, 'samples', 'reading');
            await opened;
          }
          return effect(context);
        },
        { retryDelayMs: 60_000 },
      ),
    ]);
    const at2 = await waitFor(async () => {
      const { shards } = await store.shards(team, id);
      return shards[2]!.progress.done === 3 ? shards : undefined;
    });
    expect(at2.map((s) => [s.stage, s.index, s.state, s.attempt, s.workerId])).toEqual([
      ['do', 0, 'done', 1, 'w0'],
      ['do', 1, 'queued', 1, 'w0'],
      ['do', 2, 'running', 1, 'w0'],
      ['do', 3, 'queued', 0, ''],
      ['do', 4, 'queued', 0, ''],
    ]);
    expect(at2[1]).toMatchObject({ fault: { reason: 'STORE_SLOW' }, endedAt: undefined });
    expect(at2[2]).toMatchObject({
      progress: { done: 3, total: 10, unit: 'samples', message: 'reading' },
      fault: undefined,
    });
    expect(at2[0]!.endedAt!.getTime()).toBeGreaterThanOrEqual(at2[0]!.startedAt!.getTime());
    const first = await store.shards(team, id, { pageSize: 3 });
    expect(
      (await store.shards(team, id, { pageSize: 3, pageToken: first.nextPageToken })).shards.map(
        (s) => s.index,
      ),
    ).toEqual([3, 4]);
    open();
    await tamper(sql`update shard set available_at = now()`);
    await ended(id);
    const shards = (await store.shards(team, id)).shards;
    expect(shards[1]).toMatchObject({ state: 'done', attempt: 2, fault: undefined });
  });
});

it('RELIABILITY 28: another team sees neither log nor shards', async () => {
  const id = await create(1);
  const stranger = randomUUID();
  await expect(store.log(stranger, id)).rejects.toMatchObject({ kind: 'not-found', reason: 'JOB_NOT_FOUND' });
  await expect(store.shards(stranger, id)).rejects.toMatchObject({
    kind: 'not-found',
    reason: 'JOB_NOT_FOUND',
  });
  await expect(store.log(team, 'no uuid')).rejects.toMatchObject({ reason: 'JOB_NOT_FOUND' });
  await assertRowLevelSecurity(adminUrl, 'works');
});

it('the jobs that run are listed among many that have ended', async () => {
  for (let i = 0; i < 5; i++) await store.cancel(team, await create(1));
  const [queued, running] = [await create(1), await create(1)];
  await tamper(sql`update shard set available_at = now() + interval '1 h' where job_id = ${queued}`);
  const { open, opened } = gate();
  await work([
    kind(async (context) => {
      await opened;
      return effect(context);
    }),
  ]);
  await held(running);
  expect((await store.list(team, { states: ['running'] })).jobs.map((j) => j.id)).toEqual([running]);
  expect(
    (await store.list(team, { states: ['queued', 'running', 'cancelling'] })).jobs.map((j) => j.id),
  ).toEqual([running, queued]);
  expect((await store.list(team, { states: ['cancelled'], pageSize: 2 })).jobs).toHaveLength(2);
  open();
  await ended(running);
  await workers.pop()!.stop();
});
