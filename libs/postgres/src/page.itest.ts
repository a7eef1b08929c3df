import { encodePageToken, type PageQuery, uuidv7 } from '@noema/kernel';
import { startPostgres, type TestPostgres } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectWidgets, type Widgets, widgetsUrl } from '../test/widgets.js';
import { type Database, selectPage } from './index.js';

let postgres: TestPostgres;
let db: Database<Widgets>;
const team = uuidv7();
const NAMES = ['e', 'b', 'b', 'd', 'a', 'c', 'b'];

beforeAll(async () => {
  postgres = await startPostgres();
  db = connectWidgets(await widgetsUrl(await postgres.createDatabase()));
  await db.run(team, async () => {
    for (const [count, name] of NAMES.entries())
      await db
        .tx()
        .insertInto('widget')
        .values({ id: uuidv7(1000 + count), team_id: team, name, count })
        .execute();
  });
});
afterAll(async () => {
  await db.close();
  await postgres.stop();
});

const page = (query: Partial<PageQuery>, where: Record<string, string | number> = {}) =>
  db.run(team, () =>
    selectPage<{ name: string; count: number }>(db, {
      table: 'widget',
      where,
      fields: {
        name: { column: 'name', type: 'string' },
        state: { column: "nullif(name, 'e')", type: { prefix: 'STATE', values: ['a', 'b', 'c', 'd'] } },
        count: { column: 'count', type: 'number' },
      },
      query: { pageSize: 2, pageToken: '', filter: '', orderBy: '', ...query },
    }),
  );
const walk = async (
  query: Partial<PageQuery>,
  where: Record<string, string | number> = {},
): Promise<{ name: string; count: number }[]> => {
  const all = [];
  let pageToken = '';
  do {
    const { items, nextPageToken } = await page({ ...query, pageToken }, where);
    all.push(...items);
    pageToken = nextPageToken;
  } while (pageToken !== '');
  return all;
};

describe('selectPage', () => {
  it('walks newest first, each row once', async () => {
    expect((await walk({})).map((r) => r.count)).toEqual([6, 5, 4, 3, 2, 1, 0]);
  });
  it('walks in the order of a field, equal values by id', async () => {
    expect((await walk({ orderBy: 'name' })).map((r) => `${r.name}${r.count}`)).toEqual([
      'a4',
      'b1',
      'b2',
      'b6',
      'c5',
      'd3',
      'e0',
    ]);
    expect((await walk({ orderBy: 'count desc', pageSize: 3 })).map((r) => r.count)).toEqual([
      6, 5, 4, 3, 2, 1, 0,
    ]);
  });
  it('finds nothing below a parent with any malformed id', async () => {
    for (const project_id of ['x', '../../etc/passwd', "'; DROP TABLE widget; --", '__proto__', 'x\r\ny'])
      expect(await page({}, { project_id })).toEqual({ items: [], nextPageToken: '' });
  });
  it('filters, within a parent', async () => {
    expect(
      (await walk({ filter: 'count >= 2 AND NOT name = "c"', orderBy: 'count' }, { name: 'b' })).map(
        (r) => r.count,
      ),
    ).toEqual([2, 6]);
  });
  it('filters by the names of an enum, and by what is not there, as rows in memory are', async () => {
    const counts = async (filter: string): Promise<number[]> =>
      (await walk({ filter, orderBy: 'state' })).map((r) => r.count).sort();
    for (const b of ['STATE_B', '"STATE_B"', 'b', '"b"'])
      expect(await counts(`state = ${b}`), b).toEqual([1, 2, 6]);
    expect(await counts('state = null')).toEqual([0]);
    expect(await counts('state != null AND state != b')).toEqual([3, 4, 5]);
    expect(await counts('state != b')).toEqual(await counts('NOT state = b'));
    expect(await counts('state != b')).toEqual([0, 3, 4, 5]);
    await expect(page({ filter: 'state = "ready"' })).rejects.toThrow(/known: STATE_A, STATE_B/);
  });
  it('goes on where it was when rows come and go', async () => {
    const first = await page({ orderBy: 'count' });
    await db.run(team, () =>
      db.tx().insertInto('widget').values({ id: uuidv7(), team_id: team, name: 'z', count: -1 }).execute(),
    );
    expect(
      (await page({ orderBy: 'count', pageToken: first.nextPageToken })).items.map((r) => r.count),
    ).toEqual([2, 3]);
    await db.run(team, () => db.tx().deleteFrom('widget').where('name', '=', 'z').execute());
  });
  it('refuses the token of another query, an unknown field, a negative size', async () => {
    const { nextPageToken } = await page({});
    for (const change of [{ filter: 'count > 1' }, { orderBy: 'name' }])
      await expect(page({ ...change, pageToken: nextPageToken })).rejects.toMatchObject({
        reason: 'PAGE_TOKEN_INVALID',
      });
    await expect(page({ pageToken: nextPageToken }, { name: 'b' })).rejects.toMatchObject({
      reason: 'PAGE_TOKEN_INVALID',
    });
    await expect(page({ orderBy: 'team_id' })).rejects.toMatchObject({ reason: 'ORDER_BY_INVALID' });
    await expect(page({ filter: 'team_id = "x"' })).rejects.toMatchObject({ reason: 'FILTER_INVALID' });
    await expect(page({ pageSize: -1 })).rejects.toMatchObject({ reason: 'PAGE_SIZE_INVALID' });
  });
  it('refuses a token that was made up, whatever it holds', async () => {
    const bound = (orderBy: string) => ({ table: 'widget', where: {}, filter: '', orderBy });
    for (const [orderBy, key] of [
      ['', ['x', 'y']],
      ['', [uuidv7()]],
      ['name', ['a\0', uuidv7()]],
      ['count', ['x', uuidv7()]],
      ['count', ['1', 'x']],
    ] as const) {
      await expect(
        page({ orderBy, pageToken: encodePageToken(bound(orderBy), key) }),
        JSON.stringify(key),
      ).rejects.toMatchObject({ kind: 'invalid', reason: 'PAGE_TOKEN_INVALID' });
    }
    expect(
      (
        await page({ orderBy: 'count', pageToken: encodePageToken(bound('count'), ['-infinity', uuidv7()]) })
      ).items.map((r) => r.count),
    ).toEqual([0, 1]);
  });
  it('shows another team nothing', async () => {
    expect(
      await db.run(uuidv7(), () =>
        selectPage(db, {
          table: 'widget',
          fields: {},
          query: { pageSize: 0, pageToken: '', filter: '', orderBy: '' },
        }),
      ),
    ).toEqual({ items: [], nextPageToken: '' });
  });
});
