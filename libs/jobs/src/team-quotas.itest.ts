import { randomUUID } from 'node:crypto';
import { waitFor } from '@noema/testing';
import { sql } from 'kysely';
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
  tamper,
  team,
  useStore,
  useWorks,
  work,
  workers,
} from '../test/harness.js';
import { assertRowLevelSecurity } from '@noema/postgres';
import { claimShard } from './shard-lease.js';
import { type QuotaLimits, type Stage, TeamQuotas, type UsageElsewhere } from './index.js';

useWorks();

const NO_LIMIT: QuotaLimits = {
  maxQueuedJobs: 0,
  maxRunningJobs: 0,
  maxSamples: 0n,
  maxStoredBytes: 0n,
  maxGpuSeconds: 0n,
};
const NOWHERE: UsageElsewhere = { samples: 0n, storedBytes: 0n, runningJobs: 0, gpuSeconds: 0 };
const allow = (
  limits: Partial<QuotaLimits>,
  elsewhere: Partial<UsageElsewhere> = {},
  teamId = team,
): Promise<void> =>
  new TeamQuotas(db).save(teamId, '1', { ...NO_LIMIT, ...limits }, { ...NOWHERE, ...elsewhere });
const usage = async (teamId = team) => (await new TeamQuotas(db).usage(teamId)).usage;
const ref = (sizeBytes: number): string => JSON.stringify({ uri: 'x', sha256: 'x', sizeBytes });
const add = (samples: number, bytes: number, id = randomUUID(), teamId = team): Promise<unknown> =>
  db.run(teamId, () =>
    sql`insert into thing (id, team_id, samples, ref) values (${id}, ${teamId}, ${samples},
      ${ref(bytes)}::jsonb)`.execute(db.tx()),
  );
const exceeded = (quota: string, numbers: object = {}) =>
  expect.objectContaining({
    kind: 'exhausted',
    reason: 'QUOTA_EXCEEDED',
    metadata: expect.objectContaining({ quota, ...numbers }) as object,
  }) as Error;

describe('usage', () => {
  it('is what rows name: added, changed, deleted, and deleted by cascade; rows from before count', async () => {
    expect(await usage('00000000-0000-7000-8000-0000000000aa')).toMatchObject({
      samples: 7n,
      storedBytes: 70n,
    });
    const id = randomUUID();
    await add(10, 100, id);
    await db.run(team, async () => {
      await sql`update thing set samples = 12, more =
        ${JSON.stringify({ deep: [{ sha256: 'y', sizeBytes: 5 }], sizeBytes: 1000 })}::jsonb where id = ${id}`.execute(
        db.tx(),
      );
      await sql`insert into part (thing_id, team_id, ref) select ${id}, ${team}, ${ref(1)}::jsonb from
        generate_series(1, 3)`.execute(db.tx());
    });
    expect(await usage()).toMatchObject({ samples: 12n, storedBytes: 108n });
    await expect(
      db.run(team, async () => {
        await sql`delete from thing`.execute(db.tx());
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    expect(await usage()).toMatchObject({ samples: 12n, storedBytes: 108n });
    await db.run(team, () => sql`delete from thing where id = ${id}`.execute(db.tx()));
    expect(await usage()).toMatchObject({ samples: 0n, storedBytes: 0n });
    await assertRowLevelSecurity(adminUrl, 'works');
  });
  it('counts jobs, and the seconds of attempts on the device that they ran on, whatever came of them', async () => {
    const [begun, end] = [gate(), gate()];
    const id = await create(2);
    let tries = 0;
    await work(
      [
        kind(async (context) => {
          if (context.index === 0 && ++tries === 1) throw new Error('not yet');
          // The first shard is done only while the second is known to run.
          if (context.index === 0) await begun.opened;
          else {
            begun.open();
            await end.opened;
          }
          return effect(context);
        }),
      ],
      { concurrency: 2, device: 'cuda' },
    );
    await waitFor(async () => (await store.get(team, id)).shards.done === 1);
    const during = await usage();
    expect(during).toMatchObject({ queuedJobs: 1, runningJobs: 1 });
    // with the one that still runs
    expect(during.gpuSeconds).toBeGreaterThan(during.compute.reduce((sum, c) => sum + c.seconds, 0));
    end.open();
    await ended(id);
    const after = await usage();
    expect(after).toMatchObject({
      queuedJobs: 0,
      runningJobs: 0,
      compute: [{ device: 'cuda', day: new Date().toISOString().slice(0, 10) }],
    });
    expect(after.compute[0]!.seconds).toBeGreaterThan(0);
    expect(after.gpuSeconds).toBeCloseTo(after.compute[0]!.seconds);
  });
});

describe('RELIABILITY 13: quotas', () => {
  it(
    'of samples and bytes refuse in the transaction that adds them, with limit, used and left; nothing of ' +
      'it stays',
    async () => {
      await allow({ maxSamples: 100n, maxStoredBytes: 1000n }, { samples: 10n, storedBytes: 500n });
      await add(80, 400);
      await expect(add(11, 0)).rejects.toThrow(exceeded('samples', { limit: '100', used: '90', left: '10' }));
      await expect(add(0, 101)).rejects.toThrow(
        exceeded('stored_bytes', { limit: '1000', used: '900', left: '100' }),
      );
      expect(await usage()).toMatchObject({ samples: 80n, storedBytes: 400n });
      await add(10, 100);
      // An update that needs less is never rejected, even above a lowered quota.
      await db.run(team, () => sql`update thing set samples = samples - 1`.execute(db.tx()));
      await allow({ maxSamples: 1n });
      await db.run(team, () => sql`update thing set samples = samples - 1`.execute(db.tx()));
      await add(0, 0);
      await add(1000, 1000, randomUUID(), randomUUID());
    },
  );
  it('hold when many add at once', async () => {
    await allow({ maxSamples: 5n });
    const results = await Promise.allSettled(Array.from({ length: 12 }, () => add(1, 1)));
    expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(5);
    expect((await usage()).samples).toBe(5n);
  });
  it('of queued jobs hold when many are created at once', async () => {
    await allow({ maxQueuedJobs: 3 });
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => create()));
    expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(3);
    await expect(create()).rejects.toThrow(
      exceeded('queued_jobs', { limit: '3', used: '3', left: '0', retry_after_seconds: '30' }),
    );
    await create(1, randomUUID());
  });
  it('that are used up refuse new jobs; GPU seconds only where GPUs are used', async () => {
    await allow({ maxStoredBytes: 10n }, { storedBytes: 10n });
    await expect(create()).rejects.toThrow(exceeded('stored_bytes'));
    await allow({ maxGpuSeconds: 60n }, { gpuSeconds: 60.5 });
    await create();
    useStore({ device: 'cuda' });
    await expect(create()).rejects.toThrow(exceeded('gpu_seconds', { limit: '60', used: '61', left: '0' }));
  });
  it('a job that hits one fails at once with the reason, and goes on after room was made', async () => {
    await allow({ maxStoredBytes: 10n });
    const stage: Stage<Any>['run'] = (context) =>
      Promise.resolve({
        result: 0,
        commit: async () => {
          await sql`insert into thing (id, team_id, samples, ref) values (${context.job.id}, ${team}, 1,
            ${ref(11)}::jsonb)`.execute(db.tx());
        },
      });
    const id = await create();
    await work([kind(stage)]);
    expect(await ended(id)).toMatchObject({
      state: 'failed',
      attempt: 1,
      fault: { reason: 'QUOTA_EXCEEDED', metadata: { quota: 'stored_bytes', left: '10' } },
    });
    await allow({ maxStoredBytes: 11n });
    await store.retry(team, id);
    expect((await ended(id)).state).toBe('succeeded');
  });
  it('says before the work is done that samples would not fit', async () => {
    const quotas = new TeamQuotas(db);
    await quotas.requireSamples(team, 1_000_000);
    await allow({ maxSamples: 100n }, { samples: 50n });
    await quotas.requireSamples(team, 50);
    await expect(quotas.requireSamples(team, 51)).rejects.toThrow(
      exceeded('samples', { used: '50', left: '50' }),
    );
  });
});

describe('RELIABILITY 27: a team that may run few jobs', () => {
  it('never runs more, however many workers there are, and the others go on', async () => {
    await allow({ maxRunningJobs: 2 });
    const other = randomUUID();
    const mine = await Promise.all(Array.from({ length: 6 }, () => create(3)));
    const theirs = await Promise.all(Array.from({ length: 4 }, () => create(1, other)));
    let most = 0;
    const count = sql<{
      n: number;
    }>`select count(distinct job_id)::int as n from shard where team_id = ${team}::uuid and state = 'running'`;
    const run: Stage<Any>['run'] = async (context) => {
      // No job ends before two have run at once, so that more than two could.
      await waitFor(async () => {
        most = Math.max(most, (await db.runSystem(() => count.execute(db.tx()))).rows[0]!.n);
        return most >= 2 || context.job.teamId !== team;
      });
      return effect(context);
    };
    for (let n = 0; n < 4; n++) await work([kind(run)], { concurrency: 3 });
    for (const id of theirs) expect((await ended(id, other)).state).toBe('succeeded');
    for (const id of mine) expect((await ended(id)).state).toBe('succeeded');
    expect(most).toBe(2);
  });
  it('is claimed for by eight at the same moment, and begins no more', async () => {
    for (let round = 0; round < 8; round++) {
      const flooding = randomUUID();
      await allow({ maxRunningJobs: 1 }, {}, flooding);
      for (let n = 0; n < 8; n++) await create(1, flooding);
      const claims = await Promise.all(
        Array.from({ length: 8 }, () =>
          claimShard(db, { stages: { 'works.do': ['do'] }, workerId: 'w', leaseMs: 60_000 }),
        ),
      );
      expect(claims.filter((lease) => lease?.teamId === flooding)).toHaveLength(1);
    }
  });
  it('waits while its jobs run elsewhere, and while its GPU seconds are used up, and goes on by itself', async () => {
    await allow({ maxRunningJobs: 2 }, { runningJobs: 2 });
    const id = await create();
    const [one, two] = [randomUUID(), randomUUID()];
    await allow({ maxGpuSeconds: 5n }, { gpuSeconds: 5 }, one);
    const waits = await create(1, one);
    await work([kind(effect)], { device: 'cuda' });
    // it came last and was served first
    expect((await ended(await create(1, two), two)).state).toBe('succeeded');
    expect([(await store.get(team, id)).state, (await store.get(one, waits)).state]).toEqual([
      'queued',
      'queued',
    ]);
    await allow({ maxRunningJobs: 2 }, { runningJobs: 1 });
    expect((await ended(id)).state).toBe('succeeded');
    await workers.pop()!.stop();
    await work([kind(effect)], { device: 'cpu' });
    expect((await ended(waits, one)).state).toBe('succeeded');
  });
  it('no lock on the shards of other teams is left behind by a claim', async () => {
    for (let n = 0; n < 5; n++) await create(1, randomUUID());
    const { open, opened } = gate();
    await work([
      kind(async (context) => {
        await opened;
        return effect(context);
      }),
    ]);
    await waitFor(
      async () => (await tamper(sql`select 1 from shard where state = 'running'`)).rows.length === 1,
    );
    open();
  });
});

describe('reports', () => {
  it('are due after a change, and while jobs are unfinished; each is taken by one', async () => {
    const quotas = new TeamQuotas(db);
    const take = () => quotas.takeDue({ changedMs: 0, activeMs: 3_600_000 });
    await add(1, 1);
    const both = await Promise.all([
      quotas.takeDue({ changedMs: 60_000 }),
      quotas.takeDue({ changedMs: 60_000 }),
    ]);
    expect(both.flat().filter((t) => t === team)).toEqual([team]);
    const { version } = await quotas.usage(team);
    await quotas.save(team, version, NO_LIMIT, NOWHERE);
    expect(await take()).not.toContain(team);
    const id = await create();
    expect(await take()).toContain(team);
    await quotas.save(team, (await quotas.usage(team)).version, NO_LIMIT, NOWHERE);
    expect(await quotas.takeDue({ changedMs: 0, activeMs: 0 })).toContain(team);
    await store.cancel(team, id);
    await quotas.save(team, (await quotas.usage(team)).version, NO_LIMIT, NOWHERE);
    expect(await quotas.takeDue({ changedMs: 0, activeMs: 0 })).not.toContain(team);
  });
});
