import { randomUUID } from 'node:crypto';
import { waitFor } from '@noema/testing';
import { describe, expect, it } from 'vitest';
import {
  create,
  db,
  effect,
  ended,
  gate,
  kind,
  leaseUntil,
  store,
  team,
  untilAborted,
  useWorks,
  work,
} from '../test/harness.js';
import type { ShardContext } from './index.js';
import { findShardToYield } from './shard-yield.js';

useWorks();

type Context = ShardContext<Record<string, never>>;
const entries = async (id: string): Promise<string[]> =>
  (await store.log(team, id)).entries.map(({ message }) => message);

describe('RELIABILITY 39: work of one team that never ends', () => {
  const endless = (context: Context) =>
    context.job.teamId === team ? untilAborted(context.signal) : effect(context);

  it('gives a worker back to a team without a worker, and loses no attempt by it', async () => {
    const id = await create(3);
    for (let n = 0; n < 3; n++) await work([kind(endless)], { yieldAfterMs: 200 });
    await waitFor(async () => (await store.get(team, id)).shards.running === 3, {
      what: 'all workers to be held',
    });
    const other = randomUUID();
    expect(await ended(await create(4, other), other)).toMatchObject({ state: 'succeeded', attempt: 1 });
    await waitFor(async () => (await store.get(team, id)).shards.running === 3, {
      what: 'the worker to come back',
    });
    expect((await store.get(team, id)).attempt).toBe(1);
    expect(await entries(id)).toContainEqual(
      expect.stringMatching(/^Given back: .* another team waits for its first/),
    );
  });

  it('never gives its only worker back', async () => {
    const { open, opened } = gate();
    const id = await create(2);
    await work(
      [
        kind(async (context: Context) => {
          if (context.job.teamId === team) await opened;
          return effect(context);
        }),
      ],
      { yieldAfterMs: 0 },
    );
    const other = randomUUID();
    const theirs = await create(1, other);
    await waitFor(async () => (await store.get(team, id)).shards.running === 1);
    expect(await findShardToYield(db, { kinds: ['works.do'], afterMs: 0, device: 'cpu' })).toBeUndefined();
    open();
    expect(await ended(theirs, other)).toMatchObject({ state: 'succeeded' });
    await ended(id);
    expect((await entries(id)).filter((message) => message.startsWith('Given back'))).toEqual([]);
  });

  it('takes no second worker while another team waits for its first, however long ago it was served', async () => {
    const { open, opened } = gate();
    const [first, other] = [await create(1), randomUUID()];
    const order: string[] = [];
    const run = async (context: Context) => {
      if (context.job.id === first) await opened;
      else order.push(context.job.teamId);
      return effect(context);
    };
    await work([kind(run)]);
    await waitFor(async () => (await store.get(team, first)).shards.running === 1);
    await Promise.all([create(2, other), create(2)]);
    await work([kind(run)]);
    await waitFor(() => order.length === 4);
    expect(order).toEqual([other, other, team, team]);
    open();
    await ended(first);
  });

  it('ends at the limit of time without progress, with that reason, also when it does not listen', async () => {
    const id = await create(1);
    await work([kind(() => new Promise(() => undefined))], {
      shardTimeoutMs: 300,
      graceMs: 0,
    });
    expect(await ended(id)).toMatchObject({
      state: 'failed',
      attempt: 1,
      fault: { kind: 'timeout', reason: 'SHARD_TIMED_OUT', metadata: { limit_seconds: '0.3' } },
    });
  });

  it('goes on beyond the limit while it commits progress', async () => {
    const [limitMs, monotonic] = [3_600_000, performance.now.bind(performance)];
    let jumpedMs = 0;
    performance.now = () => monotonic() + jumpedMs;
    const { open: finish, opened: finished } = gate();
    const id = await create(1);
    try {
      await work(
        [
          kind(async (context: Context) => {
            try {
              for (let step = 0; step < 3; step++) {
                const before = await leaseUntil(id);
                jumpedMs += 0.6 * limitMs;
                await waitFor(async () => (await leaseUntil(id)) > before, {
                  what: 'the heartbeat, which looks at the limit too',
                });
                await context.commit(() => Promise.resolve());
              }
            } finally {
              finish();
            }
            return effect(context);
          }),
        ],
        { shardTimeoutMs: limitMs },
      );
      await finished;
    } finally {
      performance.now = monotonic;
    }
    expect(await ended(id)).toMatchObject({ state: 'succeeded', attempt: 1 });
  });
});
