import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startPostgres, temporaryDirectory, type TestPostgres, waitFor } from '@noema/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MIGRATIONS, widgetsUrl } from '../test/widgets.js';
import { migrate } from './index.js';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  await postgres.stop();
});

const rows = async (url: string, text: string): Promise<Record<string, unknown>[]> => {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
};

it('RELIABILITY 26: started twice at the same time, the second waits and finds nothing to do', async () => {
  const url = await postgres.createDatabase();
  const directory = await temporaryDirectory();
  const migrations = join(directory.path, 'slow', 'migrations');
  await mkdir(migrations, { recursive: true });
  // The migration waits for a lock that the test holds: so the first is surely in the middle of it when the
  // second starts.
  await writeFile(
    join(migrations, '0001_slow.sql'),
    'SELECT pg_advisory_xact_lock(7); CREATE TABLE slow (x int);',
  );
  const start = () =>
    migrate({
      adminUrl: url,
      schema: 'slow',
      role: 'noema_slow',
      rolePassword: 'x',
      directories: [migrations],
    });
  const gate = new pg.Client(url);
  await gate.connect();
  const waiting = async () =>
    (
      await gate.query<{ objid: string }>(
        "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT " +
          'oid FROM pg_database WHERE datname = current_database())',
      )
    ).rows.map((r) => Number(r.objid));
  await gate.query('SELECT pg_advisory_lock(7)');
  const first = start();
  await waitFor(async () => (await waiting()).length === 1, { what: 'the first to be in its migration' });
  const second = start();
  await waitFor(async () => (await waiting()).length === 2, { what: 'the second to wait' });
  expect((await waiting()).filter((lock) => lock === 7)).toHaveLength(1);
  await gate.query('SELECT pg_advisory_unlock(7)');
  await Promise.all([first, second]);
  await gate.end();
  await directory.remove();
  expect(await rows(url, 'SELECT name FROM slow.migration_slow')).toEqual([{ name: '0001_slow' }]);
});

it(
  'RELIABILITY 41: an older program refuses a schema that a newer one has migrated, changes nothing and ' +
    'names the version',
  async () => {
    const url = await postgres.createDatabase();
    const directory = await temporaryDirectory();
    const migrations = join(directory.path, 'aged', 'migrations');
    await mkdir(migrations, { recursive: true });
    await writeFile(join(migrations, '0001_first.sql'), 'CREATE TABLE first (x int);');
    const start = () =>
      migrate({
        adminUrl: url,
        schema: 'aged',
        role: 'noema_aged',
        rolePassword: 'x',
        directories: [migrations],
      });
    await start();
    await start();
    await rows(
      url,
      "INSERT INTO aged.migration_aged (name, run_on) VALUES ('0002_second', now()); COMMENT ON SCHEMA " +
        "aged IS 'Noema 7.8.9'",
    );
    await writeFile(join(migrations, '0001b_other.sql'), 'CREATE TABLE other (x int);');
    await expect(start()).rejects.toMatchObject({
      kind: 'precondition',
      reason: 'DATA_NEWER',
      message: expect.stringMatching(/written by Noema 7\.8\.9.*"0002_second"/) as string,
      metadata: { needed_version: '7.8.9' },
    });
    expect(
      await rows(
        url,
        "SELECT tablename FROM pg_tables WHERE schemaname = 'aged' AND tablename IN ('first', 'other')",
      ),
    ).toEqual([{ tablename: 'first' }]);
    await directory.remove();
  },
);

it('two schemas live in one database', async () => {
  const url = await postgres.createDatabase();
  for (const schema of ['one', 'two'])
    await migrate({
      adminUrl: url,
      schema,
      role: `noema_${schema}`,
      rolePassword: 'x',
      directories: [MIGRATIONS],
    });
  expect(await rows(url, "SELECT schemaname FROM pg_tables WHERE tablename = 'widget' ORDER BY 1")).toEqual([
    { schemaname: 'one' },
    { schemaname: 'two' },
  ]);
});

it('the role may change rows and nothing else', async () => {
  const url = await postgres.createDatabase();
  const role = await widgetsUrl(url);
  await expect(rows(role, 'DROP TABLE widgets.widget')).rejects.toThrow(/must be owner/);
  await expect(rows(role, 'CREATE TABLE widgets.mine (x int)')).rejects.toThrow(/permission denied/);
  await expect(rows(role, 'SELECT * FROM widgets.migration_widgets')).rejects.toThrow(/permission denied/);
  await expect(rows(role, 'TRUNCATE widgets.widget')).rejects.toThrow(/permission denied/);
});

it('a folder that does not exist is named', async () => {
  await expect(
    migrate({
      adminUrl: postgres.url,
      schema: 's',
      role: 'r',
      rolePassword: 'x',
      directories: ['/nowhere/migrations'],
    }),
  ).rejects.toThrow(/nowhere/);
});
