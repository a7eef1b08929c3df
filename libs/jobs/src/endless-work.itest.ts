import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@noema/testing';
import { describe, expect, it } from 'vitest';
import {
  create,
  effect,
  ended,
  gate,
  kind,
  store,
  team,
  untilAborted,
  useWorks,
  work,
} from '../test/harness.js';
import type { ShardContext } from './index.js';

useWorks();

type Context = ShardContext<Record<string, never>>;
const entries = async (id: string): Promise<string[]> =>
  (await store.log(team, id)).entries.map(({ message }) => message);

describe('RELIABILITY 39: work of one team that never ends', () => {
  const endless = (context: Context) =>
    context.job.teamId === team ? untilAborted(context.signal) : effect(context);

  it('gives a worker back to a team that has none, and loses no attempt by it', async () => {
    const id = await create(3);
    for (let n = 0; n < 3; n++) await work([kind(endless)], { yieldAfterMs: 200, leaseMs: 1_000 });
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
      { yieldAfterMs: 0, leaseMs: 1_000 },
    );
    const other = randomUUID();
    const theirs = await create(1, other);
    await waitFor(async () => (await store.get(team, id)).shards.running === 1);
    setTimeout(open, 1_500); // several rounds of the look for a team that waits
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
      leaseMs: 2_000,
      graceMs: 0,
    });
    expect(await ended(id)).toMatchObject({
      state: 'failed',
      attempt: 1,
      fault: { kind: 'timeout', reason: 'SHARD_TIMED_OUT', metadata: { limit_seconds: '0.3' } },
    });
  });

  it('goes on beyond the limit while it commits progress', async () => {
    const id = await create(1);
    await work(
      [
        kind(async (context: Context) => {
          const startedMs = performance.now();
          while (performance.now() - startedMs < 7_000) {
            await context.commit(() => Promise.resolve());
            await delay(100); // what a step of real work takes; steps without it keep a core busy for 7 s
          }
          return effect(context);
        }),
      ],
      { shardTimeoutMs: 5_000, leaseMs: 2_000 },
    );
    expect(await ended(id)).toMatchObject({ state: 'succeeded', attempt: 1 });
  });
});
