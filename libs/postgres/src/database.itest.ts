import { uuidv7 } from '@noema/kernel';
import { startPostgres, type TestPostgres, waitFor } from '@noema/testing';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectWidgets, type Widgets, widgetsUrl } from '../test/widgets.js';
import { assertRowLevelSecurity, type Database, idempotent } from './index.js';

let postgres: TestPostgres;
let adminUrl: string;
let url: string;
let db: Database<Widgets>;
const [alpha, beta] = [uuidv7(), uuidv7()];

beforeAll(async () => {
  postgres = await startPostgres();
  adminUrl = await postgres.createDatabase();
  url = await widgetsUrl(adminUrl);
  db = connectWidgets(url);
});
afterAll(async () => {
  await db.close();
  await postgres.stop();
});

const add = async (teamId: string, name: string): Promise<string> => {
  const id = uuidv7();
  await db.tx().insertInto('widget').values({ id, team_id: teamId, name, count: 0 }).execute();
  return id;
};
const names = (teamId: string): Promise<string[]> =>
  db.run(teamId, async () =>
    (await db.tx().selectFrom('widget').select('name').orderBy('name').execute()).map((w) => w.name),
  );

describe('unit of work', () => {
  it('commits what was done inside and takes back what failed', async () => {
    const team = uuidv7();
    await db.run(team, () => add(team, 'kept'));
    await expect(
      db.run(team, async () => {
        await add(team, 'lost');
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await names(team)).toEqual(['kept']);
  });
  it('lets a nested call take part in the outer one', async () => {
    const team = uuidv7();
    await expect(
      db.run(team, async () => {
        await db.run(team, () => add(team, 'inner'));
        throw new Error('outer');
      }),
    ).rejects.toThrow('outer');
    expect(await names(team)).toEqual([]);
  });
  it('changes nothing when the error of a statement was passed over', async () => {
    const team = uuidv7();
    const passedOver = async (): Promise<void> => {
      await add(team, 'lost');
      await sql`select 1 / 0`.execute(db.tx()).catch(() => undefined);
    };
    await expect(db.run(team, passedOver)).rejects.toMatchObject({
      kind: 'internal',
      reason: 'TRANSACTION_ABORTED',
    });
    await expect(
      db.run(team, async () => {
        await passedOver();
        db.notify('widgets_test', 'lost');
      }),
    ).rejects.toThrow(/aborted/);
    expect(await names(team)).toEqual([]);
  });
  it('takes a team and settings literally, for one transaction', async () => {
    const strange = `it's "${uuidv7()}"; select 1 \\ --`;
    const shown = async (name: string): Promise<unknown> =>
      (await sql<{ value: string }>`select current_setting(${name}, true) as value`.execute(db.tx())).rows[0]!
        .value;
    expect(await db.run(strange, () => shown('app.team_id'))).toBe(strange);
    expect(await db.runSystem(() => shown('enable_seqscan'), { enable_seqscan: 'off' })).toBe('off');
    expect(await db.runSystem(() => shown('enable_seqscan'))).toBe('on');
  });
  it('sends notifications with the commit, none of a failure, and the same one once', async () => {
    const heard: (string | undefined)[] = [];
    const listening = await db.listen('widgets_commit', (payload) => {
      heard.push(payload);
    });
    await expect(
      db.run(alpha, () => {
        db.notify('widgets_commit', 'never');
        return Promise.reject(new Error('no'));
      }),
    ).rejects.toThrow('no');
    await db.run(alpha, async () => {
      for (const payload of ['first', `it's "second"`, 'first']) db.notify('widgets_commit', payload);
      await names(alpha);
      expect(heard).not.toContain('first');
    });
    await waitFor(() => heard.includes(`it's "second"`));
    expect(heard.filter((payload) => payload !== undefined)).toEqual(['first', `it's "second"`]);
    expect(() => {
      db.notify('widgets_commit');
    }).toThrow(/outside of a unit of work/);
    await listening.stop();
  });
  it('prepares a statement once for each connection, whatever its parameters', async () => {
    const sum = (a: number, b: number): Promise<{ sum: number }[]> =>
      db.executePrepared('widgets_sum', sql<{ sum: number }>`select ${a}::int + ${b}::int as sum`);
    await db.run(alpha, async () => {
      expect([...(await sum(1, 2)), ...(await sum(3, 4))]).toEqual([{ sum: 3 }, { sum: 7 }]);
      const { rows } =
        await sql`select generic_plans + custom_plans as plans from pg_prepared_statements where name =
          'widgets_sum_1'`.execute(db.tx());
      expect(rows).toEqual([{ plans: '2' }]);
    });
  });
  it('RELIABILITY 25: prepares a statement anew when a migration has changed what it gives', async () => {
    const admin = new pg.Client(adminUrl);
    const read = (): Promise<object[]> =>
      db.runSystem(() => db.executePrepared('widgets_migrated', sql<object>`select * from widgets.migrated`));
    await admin.connect();
    await admin.query(
      `create table widgets.migrated as select 1 as a; grant select on widgets.migrated to public`,
    );
    expect(await read()).toEqual([{ a: 1 }]);
    await admin.query(`alter table widgets.migrated add column b int default 2`);
    expect(await Promise.all([read(), read(), read()])).toEqual(
      Array.from({ length: 3 }, () => [{ a: 1, b: 2 }]),
    );
    await admin.query('drop table widgets.migrated');
    await admin.end();
  });
  it('refuses another team inside, and a repository outside', async () => {
    await expect(db.run(alpha, () => db.run(beta, () => add(beta, 'x')))).rejects.toMatchObject({
      reason: 'TEAM_SWITCH',
    });
    expect(() => db.tx()).toThrow(/outside of a unit of work/);
    await expect(db.run('', () => Promise.resolve())).rejects.toMatchObject({ reason: 'TEAM_MISSING' });
  });
});

describe('RELIABILITY 28: row-level security', () => {
  it('holds for every table and for the role', async () => {
    await assertRowLevelSecurity(adminUrl, 'widgets');
  });
  it('finds a table that somebody forgot', async () => {
    const admin = new pg.Client(adminUrl);
    await admin.connect();
    await admin.query('CREATE TABLE widgets.forgotten (team_id uuid)');
    await expect(assertRowLevelSecurity(adminUrl, 'widgets')).rejects.toThrow(
      /forgotten: row-level security is off/,
    );
    await admin.query("SELECT widgets.secure_by_team('widgets.forgotten')");
    await assertRowLevelSecurity(adminUrl, 'widgets');
    await admin.query('DROP TABLE widgets.forgotten');
    await admin.end();
  });
  it.each([
    'true',
    'team_id::text = ANY (ARRAY[team_id::text])',
    "team_id = '0198a000-0000-7000-8000-000000000001'",
  ])('finds a policy by something else than the team: %s', async (rule) => {
    const admin = new pg.Client(adminUrl);
    await admin.connect();
    try {
      await admin.query(`CREATE TABLE widgets.open (team_id uuid);
          SELECT widgets.secure_by_team('widgets.open'); CREATE POLICY more ON widgets.open USING (${rule})`);
      await expect(assertRowLevelSecurity(adminUrl, 'widgets')).rejects.toThrow(
        'table widgets.open: its policy "more" is not by team',
      );
    } finally {
      await admin.query('DROP TABLE widgets.open');
      await admin.end();
    }
  });
  it('shows the rows of all teams to the system in a table of infrastructure alone', async () => {
    const admin = new pg.Client(adminUrl);
    await admin.connect();
    try {
      await admin.query(`CREATE TABLE widgets.note (team_id uuid); GRANT ALL ON widgets.note TO public;
        SELECT widgets.secure_by_team('widgets.note')`);
      const read = () => sql`select team_id from widgets.note`.execute(db.tx());
      await db.run(alpha, () => sql`insert into widgets.note values (${alpha})`.execute(db.tx()));
      expect((await db.runSystem(read)).rows).toEqual([]);
      await admin.query("SELECT widgets.secure_by_team('widgets.note', infrastructure => true)");
      await assertRowLevelSecurity(adminUrl, 'widgets');
      expect((await db.runSystem(read)).rows).toEqual([{ team_id: alpha }]);
      expect((await db.run(beta, read)).rows).toEqual([]);
      await expect(
        db.run(beta, () => sql`insert into widgets.note values (${alpha})`.execute(db.tx())),
      ).rejects.toThrow(/row-level security/);
    } finally {
      await admin.query('DROP TABLE widgets.note');
      await admin.end();
    }
  });
  it('hides and protects the rows of another team when the service forgets the filter', async () => {
    const id = await db.run(alpha, () => add(alpha, 'secret'));
    await db.run(beta, async () => {
      expect(await db.tx().selectFrom('widget').selectAll().where('id', '=', id).execute()).toEqual([]);
      const touched = await db
        .tx()
        .updateTable('widget')
        .set({ name: 'stolen' })
        .where('id', '=', id)
        .executeTakeFirst();
      expect(touched.numUpdatedRows).toBe(0n);
    });
    await expect(db.run(beta, () => add(alpha, 'planted'))).rejects.toThrow(/row-level security/);
    expect(await names(alpha)).toContain('secret');
  });
  it('fails closed without a team and in the scope of the infrastructure', async () => {
    const client = new pg.Client(url);
    await client.connect();
    expect((await client.query('SELECT * FROM widgets.widget')).rows).toEqual([]);
    await client.end();
    expect(await db.runSystem(() => db.tx().selectFrom('widget').selectAll().execute())).toEqual([]);
  });
});

describe('RELIABILITY 7: request ids', () => {
  const request = (requestId: string, body: unknown) => ({
    teamId: alpha,
    method: 'widgets.Create',
    requestId,
    text: () => [JSON.stringify(body)],
  });
  it('a retry after a lost answer gets the first result and does nothing', async () => {
    const create = () =>
      idempotent(db, request('r1', { name: 'once' }), async () => ({ id: await add(alpha, 'once') }));
    const first = await create();
    expect(await create()).toEqual(first);
    expect((await names(alpha)).filter((n) => n === 'once')).toHaveLength(1);
  });
  it('two at the same time: one acts, both get its result', async () => {
    const create = () => idempotent(db, request('r2', {}), async () => ({ id: await add(alpha, 'twin') }));
    const [a, b] = await Promise.all([create(), create()]);
    expect(a).toEqual(b);
    expect((await names(alpha)).filter((n) => n === 'twin')).toHaveLength(1);
  });
  it('another body is refused by name', async () => {
    await idempotent(db, request('r3', { name: 'a' }), () => Promise.resolve({}));
    await expect(
      idempotent(db, request('r3', { name: 'b' }), () => Promise.resolve({})),
    ).rejects.toMatchObject({
      kind: 'exists',
      reason: 'REQUEST_ID_REUSED',
      violations: [{ field: 'request_id', description: expect.stringContaining('another body') }],
    });
    await expect(
      idempotent(db, request('r'.repeat(201), { name: 'b' }), () => Promise.resolve({})),
    ).rejects.toMatchObject({ kind: 'invalid', reason: 'REQUEST_ID_INVALID' });
  });
  it('a failed command may be tried again with its id', async () => {
    await expect(idempotent(db, request('r4', {}), () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    );
    expect(await idempotent(db, request('r4', {}), () => Promise.resolve({ ok: true }))).toEqual({
      ok: true,
    });
  });
  it('the same id of another team is another request', async () => {
    await idempotent(db, request('r5', {}), () => Promise.resolve({ of: 'alpha' }));
    expect(
      await idempotent(db, { ...request('r5', {}), teamId: beta }, () => Promise.resolve({ of: 'beta' })),
    ).toEqual({ of: 'beta' });
  });
});

describe('RELIABILITY 8: conflicts', () => {
  const count = (of: Database<Widgets>, id: string) =>
    of.tx().selectFrom('widget').select('count').where('id', '=', id).executeTakeFirstOrThrow();
  const set = (of: Database<Widgets>, id: string, value: number) =>
    of.tx().updateTable('widget').set({ count: value }).where('id', '=', id).execute();

  it('a serialization failure is repeated until it succeeds', async () => {
    const id = await db.run(alpha, () => add(alpha, 'counter'));
    const strict = connectWidgets(
      `${url}?options=${encodeURIComponent('-c default_transaction_isolation=serializable -c search_path=widgets')}`,
    );
    let runs = 0;
    let reads = 0;
    // All have read before one writes: what runs one after the other has no conflict.
    const increment = () =>
      strict.run(alpha, async () => {
        runs++;
        const { count: before } = await count(strict, id);
        reads++;
        if (reads <= 3) await waitFor(() => reads >= 3);
        await set(strict, id, before + 1);
      });
    await Promise.all([increment(), increment(), increment()]);
    expect((await strict.run(alpha, () => count(strict, id))).count).toBe(3);
    expect(runs).toBeGreaterThan(3);
    await strict.close();
  });

  it('a deadlock ends with both done', async () => {
    const [one, two] = await db.run(
      alpha,
      async () => [await add(alpha, 'one'), await add(alpha, 'two')] as const,
    );
    let waiting = 0;
    const both = (first: string, second: string) =>
      db.run(alpha, async () => {
        await sql`update widget set count = count + 1 where id = ${first}`.execute(db.tx());
        waiting++;
        if (waiting <= 2) await waitFor(() => waiting >= 2);
        await sql`update widget set count = count + 1 where id = ${second}`.execute(db.tx());
      });
    await Promise.all([both(one, two), both(two, one)]);
    await db.run(alpha, async () => {
      expect([await count(db, one), await count(db, two)]).toEqual([{ count: 2 }, { count: 2 }]);
    });
  });
});

describe('RELIABILITY 8: conflicts without end', () => {
  it.each(['40001', '40P01'])(
    '%s is given up after six attempts, as a conflict that may be retried',
    async (code) => {
      let runs = 0;
      const work = db.run(alpha, async () => {
        runs++;
        await add(alpha, `attempt ${code}`);
        await sql
          .raw(`do $$ begin raise exception 'again' using errcode = '${code}'; end $$`)
          .execute(db.tx());
      });
      await expect(work).rejects.toMatchObject({ kind: 'conflict', reason: 'DATABASE_CONFLICT' });
      expect(runs).toBe(6);
      expect(await names(alpha)).not.toContain(`attempt ${code}`);
    },
  );
});

describe('RELIABILITY 6: Postgres restarts', () => {
  it('answers unavailable fast, leaves nothing half done, and reconnects', async () => {
    let lostMs = 0;
    const during = db.run(alpha, async () => {
      await add(alpha, 'half');
      await postgres.restart('immediate');
      lostMs = performance.now();
      await add(alpha, 'other half');
    });
    await expect(during).rejects.toMatchObject({ kind: 'unavailable', reason: 'DATABASE_UNAVAILABLE' });
    expect(performance.now() - lostMs).toBeLessThan(10_000);
    const seen = await waitFor(() => names(alpha), { what: 'the pool to reconnect' });
    expect(seen).not.toContain('half');
  });
  it('a listener hears again after the restart', async () => {
    const heard: (string | undefined)[] = [];
    const listening = await db.listen('widgets_test', (payload) => {
      heard.push(payload);
    });
    const tell = (payload: string): Promise<void> =>
      db.run(alpha, () => {
        db.notify('widgets_test', payload);
        return Promise.resolve();
      });
    await waitFor(async () => {
      await tell('before');
      return heard.includes('before');
    });
    await postgres.restart('immediate');
    await waitFor(async () => {
      await tell('after');
      return heard.includes('after');
    });
    await listening.stop();
  });
});
