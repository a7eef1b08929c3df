import { currentSpan, metricValue, withSpan } from '@noema/observability';
import { waitFor } from '@noema/testing';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import {
  create,
  db,
  effect,
  ended,
  held,
  kind,
  startProcess,
  store,
  team,
  useWorks,
  work,
} from '../test/harness.js';

useWorks();

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const inTrace = <T>(make: () => T): T =>
  withSpan('click', { role: 'server', parent: `00-${TRACE}-00f067aa0ba902b7-01` }, make);
const sum = (outcome: string) =>
  metricValue('noema_shard_attempts_ended_total', { service: 'works', outcome });

describe('the trace of a job', () => {
  it('is that of the request, in every shard and in what the end of the job causes', async () => {
    const seen: (string | undefined)[] = [];
    const note = (): void => {
      seen.push(currentSpan()?.traceId);
    };
    const id = await inTrace(() => create(2));
    await work(
      [
        kind((context) => {
          note();
          return effect(context);
        }),
      ],
      {
        settled: () => {
          note();
          return Promise.resolve();
        },
      },
    );
    await ended(id);
    expect(seen).toEqual([TRACE, TRACE, TRACE]);
  });
  it('is one of its own, the same for all shards, when no caller had one', async () => {
    const seen = new Set<string | undefined>();
    const id = await create(3);
    await work([
      kind((context) => {
        seen.add(currentSpan()?.traceId);
        return effect(context);
      }),
    ]);
    await ended(id);
    expect([...seen]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
  });
  it('goes on when another worker takes the shard of a dead one over', async () => {
    const id = await inTrace(() => create(1));
    const child = await startProcess('dies', 0);
    await held(id);
    child.kill('SIGKILL');
    const seen: (string | undefined)[] = [];
    await work(
      [
        kind((context) => {
          seen.push(currentSpan()?.traceId);
          return effect(context);
        }),
      ],
      { leaseMs: 2_000 },
    );
    await ended(id);
    expect(seen).toEqual([TRACE]);
    expect(await metricValue('noema_leases_lost_total', { service: 'works' })).toBeGreaterThan(0);
  });
  it('may be absent: a job that an older version left is worked on', async () => {
    const id = await create(1);
    await db.runSystem(() => sql`update job set traceparent = null where id = ${id}`.execute(db.tx()));
    await work([kind(effect)]);
    expect((await ended(id)).state).toBe('succeeded');
  });
});

describe('the metrics of jobs', () => {
  it('count attempts by how they ended', async () => {
    const before = {
      done: await sum('done'),
      failed: await sum('failed'),
      jobs: await metricValue('noema_jobs_ended_total', { kind: 'works.do', state: 'succeeded' }),
    };
    let first = true;
    const id = await create(2);
    await work([
      kind((context) => {
        if (!first) return effect(context);
        first = false;
        return Promise.reject(new Error('once'));
      }),
    ]);
    await ended(id);
    await waitFor(async () => (await sum('done')) === before.done + 2, { what: 'both shards to be counted' });
    expect(await sum('failed')).toBe(before.failed + 1);
    expect(await metricValue('noema_jobs_ended_total', { kind: 'works.do', state: 'succeeded' })).toBe(
      before.jobs + 1,
    );
    await waitFor(async () => (await metricValue('noema_shards_active', { service: 'works' })) === 0, {
      what: 'no shard to be active',
    });
    expect(await store.get(team, id)).toMatchObject({ state: 'succeeded' });
  });
});
