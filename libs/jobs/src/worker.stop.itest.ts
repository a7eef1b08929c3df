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
  store,
  team,
  untilAborted,
  useWorks,
  work,
} from '../test/harness.js';
import { effects } from '../test/works.js';

useWorks();

describe('RELIABILITY 15: cancel', () => {
  it('stops the work that runs within a second and calls off what waits', async () => {
    const id = await create(3);
    await work([kind(({ signal }) => untilAborted(signal))], { leaseMs: 900_000 });
    await held(id);
    const startedMs = performance.now();
    expect((await store.cancel(team, id)).state).toBe('cancelling');
    expect(await ended(id)).toMatchObject({ state: 'cancelled', shards: { running: 0, queued: 0 } });
    // A heartbeat alone would take five minutes to notice.
    expect(performance.now() - startedMs).toBeLessThan(290_000);
    expect((await store.cancel(team, id)).state).toBe('cancelled');
  });
  it('an unstarted job is cancelled at once, and work that finishes too late leaves no effect', async () => {
    expect((await store.cancel(team, await create())).state).toBe('cancelled');
    const { open, opened } = gate();
    const id = await create(1);
    await work([
      kind(async (context) => {
        await opened;
        return effect(context);
      }),
    ]);
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

describe('RELIABILITY 16: the worker is asked to stop', () => {
  it('finishes its shard when the grace time allows', async () => {
    const { open, opened } = gate();
    const id = await create(2);
    const worker = await work(
      [
        kind(async (context) => {
          await opened;
          return effect(context);
        }),
      ],
      { graceMs: 20_000 },
    );
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

describe('a worker that is due to retire', () => {
  it('finishes its shard, reports it once and claims nothing more; another worker does the rest', async () => {
    const retired: number[] = [];
    let shards = 0;
    await work(
      [
        kind((context) => {
          shards++;
          return effect(context);
        }),
      ],
      {
        retire: {
          isDue: () => shards > 0,
          then: () => {
            retired.push(shards);
          },
        },
      },
    );
    const id = await create(3);
    await waitFor(() => retired.length === 1);
    await work([kind(effect)]);
    expect(await ended(id)).toMatchObject({ state: 'succeeded', attempt: 1 });
    expect([shards, retired, (await effects(db, team, id)).length]).toEqual([1, [1], 3]);
  });

  it('is asked before its first shard too, and learns that it is the first', async () => {
    const moments: boolean[] = [];
    await work([kind(effect)], {
      retire: {
        isDue: ({ hasWorked }) => {
          moments.push(hasWorked);
          return false;
        },
        then: () => undefined,
      },
    });
    await ended(await create(1));
    await waitFor(() => moments.at(-1) === true);
    expect(moments[0]).toBe(false);
  });
});

it('a worker that was idle for its time claims nothing more, even before it is stopped', async () => {
  const runs: string[] = [];
  const named = (name: string) =>
    kind((context) => {
      runs.push(name);
      return effect(context);
    });
  await new Promise<void>((then) => {
    void work([named('idle')], { idle: { afterMs: 10, then } });
  });
  const id = await create(2);
  await work([named('next')]);
  expect(await ended(id)).toMatchObject({ state: 'succeeded', attempt: 1 });
  expect(runs).toEqual(['next', 'next']);
});
