import { type PageQuery, uuidv7 } from '@noema/kernel';
import { startPostgres, type TestPostgres } from '@noema/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectWidgets, type Widgets, widgetsUrl } from '../test/widgets.js';
import { type Database, ResourceRepository } from './index.js';

interface Widget {
  readonly id: string;
  readonly title: string;
}

class WidgetRepository extends ResourceRepository<{ readonly id: string; readonly name: string }, Widget> {
  constructor(db: Database<Widgets>) {
    super(db, { table: 'widget', fields: { name: { column: 'name', type: 'string' } } });
  }

  async insert(id: string, name: string): Promise<Widget> {
    return this.toResource(await this.insertRow({ id, name, count: 1 }));
  }

  rename(id: string, name: string): Promise<void> {
    return this.updateRow(id, { name });
  }

  list(query: Partial<PageQuery>) {
    return this.selectPage({ count: 1 }, { pageSize: 0, pageToken: '', filter: '', orderBy: '', ...query });
  }

  protected toResource({ id, name }: { readonly id: string; readonly name: string }): Widget {
    return { id, title: name };
  }
}

let postgres: TestPostgres;
let db: Database<Widgets>;
let widgets: WidgetRepository;
const [team, other] = [uuidv7(), uuidv7()];

beforeAll(async () => {
  postgres = await startPostgres();
  db = connectWidgets(await widgetsUrl(await postgres.createDatabase()));
  widgets = new WidgetRepository(db);
});
afterAll(async () => {
  await db.close();
  await postgres.stop();
});

it('stores, changes, lists and deletes the resources of a team alone', async () => {
  const [first, second] = [uuidv7(1_000), uuidv7(2_000)];
  await db.run(team, async () => {
    expect(await widgets.insert(first, 'a')).toEqual({ id: first, title: 'a' });
    await widgets.insert(second, 'b');
    await widgets.rename(first, 'c');
    expect(await widgets.find(first)).toEqual({ id: first, title: 'c' });
    expect((await widgets.list({})).items.map(({ title }) => title)).toEqual(['b', 'c']);
    expect((await widgets.list({ filter: 'name = "c"' })).items).toHaveLength(1);
  });
  await db.run(other, async () => {
    expect(await widgets.find(first)).toBeUndefined();
    await widgets.rename(first, 'd');
    await widgets.delete(first);
    expect((await widgets.list({})).items).toEqual([]);
  });
  await db.run(team, async () => {
    expect(await widgets.find(first)).toEqual({ id: first, title: 'c' });
    await widgets.delete(first);
    expect(await widgets.find(first)).toBeUndefined();
  });
});
