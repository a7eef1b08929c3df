import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { insightKinds } from '@noema/insights';
import { uuidv7 } from '@noema/kernel';
import { type AnyDatabase, Database, migrate } from '@noema/postgres';
import { startPostgres, temporaryDirectory, type TestPostgres } from '@noema/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { insights } from '../src/index.js';
import { InsightRepository } from '../src/insight/insight.repository.js';

const OWN = fileURLToPath(new URL('../../migrations', import.meta.url));
const TEAM = uuidv7();
const PROJECT = uuidv7();

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

/** Calls `fill` with a database of the migrations before one of them, and `check` after all. */
async function migrateOver(
  added: string,
  fill: (db: AnyDatabase) => Promise<unknown>,
  check: (db: AnyDatabase) => Promise<unknown>,
): Promise<void> {
  const url = await postgres.createDatabase();
  const directory = await temporaryDirectory();
  try {
    const before = join(directory.path, 'insights', 'migrations');
    await mkdir(before, { recursive: true });
    await cp(OWN, before, { recursive: true });
    for (const file of await readdir(before)) if (file >= added) await rm(join(before, file));
    const start = (own: string) =>
      migrate({
        ...{ adminUrl: url, schema: 'insights', role: 'noema_insights', rolePassword: 'x' },
        directories: insights.migrations.map((one) => (one === OWN ? own : one)),
      });
    await start(before);
    const db = Database.connect<unknown>({ url, schema: 'insights' });
    try {
      await db.run(TEAM, () => fill(db));
      await start(OWN);
      await db.run(TEAM, () => check(db));
    } finally {
      await db.close();
    }
  } finally {
    await directory.remove();
  }
}

const insertSearch = (
  db: AnyDatabase,
  { id, ...columns }: { readonly id: string } & Record<string, unknown>,
) =>
  insertRow(db, 'insight_search', {
    ...{ id, team_id: TEAM, project_id: PROJECT, run_id: PROJECT, epoch: 1, line_id: PROJECT },
    ...{ source: '{}', recipe: '{}', created_by: 'ann', job_id: id },
    ...columns,
  });

const insertInsight = (db: AnyDatabase, columns: Record<string, unknown>) =>
  insertRow(db, 'insight', {
    ...{ id: uuidv7(), team_id: TEAM, project_id: PROJECT, run_id: PROJECT, epoch: 1, kind: 'forgotten' },
    ...{
      dataset_version_id: PROJECT,
      subkind: '',
      found_state: 'confirmed',
      state: 'confirmed',
      sentence: 'a',
    },
    ...{ level: 1, share: 0, member_count: 1, contents: '{}', members: '{}', signature: Buffer.alloc(0) },
    ...{ first_run_id: PROJECT, first_epoch: 1, change: 'born', trend: '[]' },
    ...columns,
  });

async function insertRow(db: AnyDatabase, table: string, row: Record<string, unknown>): Promise<void> {
  const names = sql.join(Object.keys(row).map((name) => sql.id(name)));
  await sql`insert into ${sql.table(table)} (${names}) values (${sql.join(Object.values(row))})`.execute(
    db.tx(),
  );
}

it('gives searches and insights from before outputs had names the first output', async () => {
  const id = uuidv7();
  await migrateOver(
    '0006_output.sql',
    async (db) => {
      await insertSearch(db, { id });
      await insertInsight(db, { insight_search_id: id });
    },
    async (db) => {
      for (const table of ['insight_search', 'insight']) {
        const { rows } = await sql`select output, is_first_output from ${sql.table(table)}`.execute(db.tx());
        expect(rows, table).toEqual([{ output: '', is_first_output: true }]);
      }
    },
  );
});

it('lists what reads no output once, where older searches of a further output stored it again', async () => {
  const kinds = insightKinds
    .values()
    .filter(({ readsNoOutput }) => readsNoOutput === true)
    .map(({ key }) => key)
    .sort();
  expect(kinds).toHaveLength(2);
  const contents = JSON.stringify({
    outcomes: [...kinds, 'forgotten'].map((kind) => ({ kind, state: 'done' })),
  });
  const [first, further, alone, later] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
  const otherRun = uuidv7();
  const corner = { output: 'corner', is_first_output: false };
  const list = async (db: AnyDatabase) =>
    (
      await sql<{ name: string; output: string; outdated: boolean; note: string }>`
      select sentence as name, output, outdated, note from insight order by sentence`.execute(db.tx())
    ).rows;
  await migrateOver(
    '0007_no_output.sql',
    async (db) => {
      const times = { create_time: '2026-01-01', contents };
      await insertSearch(db, { ...times, id: first, output: 'place', ready_time: '2026-01-01' });
      await insertSearch(db, { ...times, id: further, ...corner, ready_time: '2026-01-02' });
      await insertSearch(db, { ...times, id: alone, ...corner, ready_time: '2026-01-01', run_id: otherRun });
      await insertSearch(db, {
        ...{ ...times, id: later, output: 'size', is_first_output: false },
        ...{ ready_time: '2026-01-02', run_id: otherRun },
      });
      for (const kind of kinds) {
        await insertInsight(db, { kind, insight_search_id: first, sentence: `${kind} 1 of the first` });
        const of = { kind, ...corner };
        await insertInsight(db, {
          ...{ ...of, insight_search_id: further, sentence: `${kind} 2 of a further one`, note: 'known' },
        });
        await insertInsight(db, {
          ...{ ...of, insight_search_id: alone, run_id: otherRun, sentence: `${kind} 3 alone` },
        });
        await insertInsight(db, {
          ...{ ...of, output: 'size', insight_search_id: later, run_id: otherRun },
          sentence: `${kind} 4 later`,
        });
      }
      await insertInsight(db, { insight_search_id: further, ...corner, sentence: 'z forgotten 5' });
    },
    async (db) => {
      expect(await list(db)).toEqual([
        ...kinds.flatMap((kind) => [
          { name: `${kind} 1 of the first`, output: '', outdated: false, note: '' },
          { name: `${kind} 2 of a further one`, output: '', outdated: true, note: 'known' },
          { name: `${kind} 3 alone`, output: '', outdated: true, note: '' },
          { name: `${kind} 4 later`, output: '', outdated: false, note: '' },
        ]),
        { name: 'z forgotten 5', output: 'corner', outdated: false, note: '' },
      ]);
      // A deleted search of the run restores none of them while the first output is searched.
      const repository = new InsightRepository(db);
      await repository.restoreReplaced({ runId: PROJECT, lineId: PROJECT });
      expect((await list(db)).filter(({ name }) => name.includes('further'))).toMatchObject(
        kinds.map(() => ({ outdated: true })),
      );
      await sql`delete from insight_search where id = ${first}`.execute(db.tx());
      await repository.restoreReplaced({ runId: PROJECT, lineId: PROJECT });
      expect((await list(db)).filter(({ name }) => name.includes('further'))).toMatchObject(
        kinds.map(() => ({ outdated: false })),
      );
    },
  );
});
