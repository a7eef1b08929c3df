import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { uuidv7 } from '@noema/kernel';
import { Database, migrate } from '@noema/postgres';
import { startPostgres, temporaryDirectory, type TestPostgres } from '@noema/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { insights } from '../src/index.js';

const OWN = fileURLToPath(new URL('../../migrations', import.meta.url));
const ADDED = '0006_output.sql';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

it('gives searches and insights from before outputs had names the first output', async () => {
  const url = await postgres.createDatabase();
  const directory = await temporaryDirectory();
  const before = join(directory.path, 'insights', 'migrations');
  await mkdir(before, { recursive: true });
  await cp(OWN, before, { recursive: true });
  await rm(join(before, ADDED));
  const start = (own: string) =>
    migrate({
      ...{ adminUrl: url, schema: 'insights', role: 'noema_insights', rolePassword: 'x' },
      directories: insights.migrations.map((one) => (one === OWN ? own : one)),
    });
  await start(before);
  const [teamId, id] = [uuidv7(), uuidv7()];
  const db = Database.connect<unknown>({ url, schema: 'insights' });
  try {
    await db.run(teamId, async () => {
      await sql`
        insert into insight_search (id, team_id, project_id, run_id, epoch, line_id, source, recipe, created_by,
          job_id)
        values (${id}, ${teamId}, ${id}, ${id}, 1, ${id}, '{}', '{}', 'ann', ${id})`.execute(db.tx());
      await sql`
        insert into insight (id, team_id, project_id, insight_search_id, run_id, epoch, dataset_version_id, kind,
          subkind, found_state, state, sentence, level, share, member_count, contents, members, signature, first_run_id,
          first_epoch, change, trend)
        values (${id}, ${teamId}, ${id}, ${id}, ${id}, 1, ${id}, 'forgotten', '', 'hint', 'hint', 'a', 1, 0, 1, '{}',
          '{}', '', ${id}, 1, 'born', '[]')`.execute(db.tx());
    });
    await start(OWN);
    for (const table of ['insight_search', 'insight']) {
      const { rows } = await db.run(teamId, () =>
        sql`select output, is_first_output from ${sql.table(table)}`.execute(db.tx()),
      );
      expect(rows, table).toEqual([{ output: '', is_first_output: true }]);
    }
  } finally {
    await db.close();
    await directory.remove();
  }
});
