import { startPostgres, type TestPostgres } from '@noema/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MIGRATIONS, widgetsUrl } from '../test/widgets.js';
import { migrate } from './index.js';

let postgres: TestPostgres;
beforeAll(async () => { postgres = await startPostgres(); });
afterAll(async () => { await postgres.stop(); });

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
  await Promise.all([widgetsUrl(url), widgetsUrl(url), widgetsUrl(url)]);
  expect(await rows(url, 'SELECT name FROM widgets.migration_widgets')).toEqual([{ name: '0001_widget' }]);
});

it('two schemas live in one database', async () => {
  const url = await postgres.createDatabase();
  for (const schema of ['one', 'two']) await migrate({ adminUrl: url, schema, role: `noema_${schema}`, rolePassword: 'x', directories: [MIGRATIONS] });
  expect(await rows(url, "SELECT schemaname FROM pg_tables WHERE tablename = 'widget' ORDER BY 1")).toEqual([{ schemaname: 'one' }, { schemaname: 'two' }]);
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
  await expect(migrate({ adminUrl: postgres.url, schema: 's', role: 'r', rolePassword: 'x', directories: ['/nowhere/migrations'] })).rejects.toThrow(/nowhere/);
});
