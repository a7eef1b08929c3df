import { afterAll, beforeAll, expect, it } from 'vitest';
import pg from 'pg';
import { startPostgres, type TestPostgres } from './postgres.js';
import { waitFor } from './wait-for.js';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  await postgres.stop();
});

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

it('gives each caller a database of its own', async () => {
  const [one, two] = [await postgres.createDatabase(), await postgres.createDatabase()];
  await query(one, 'CREATE TABLE t (x int)');
  expect(await query(two, "SELECT to_regclass('t') AS t")).toEqual([{ t: null }]);
});

it('asks for the password', async () => {
  await expect(query(postgres.url.replace(':postgres@', ':wrong@'), 'SELECT 1')).rejects.toThrow(
    /password authentication failed/,
  );
});

it('keeps committed data over a crash, on the same port', async () => {
  const url = await postgres.createDatabase();
  await query(url, 'CREATE TABLE kept AS SELECT 7 AS x');
  const before = postgres.pid;
  await postgres.restart('immediate');
  expect(postgres.pid).not.toBe(before);
  expect(await waitFor(() => query(url, 'SELECT x FROM kept'))).toEqual([{ x: 7 }]);
});
