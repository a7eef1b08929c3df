import { eventsMigrations } from '@noema/events';
import { Database, migrate } from '@noema/postgres';
import { fileURLToPath } from 'node:url';
import { jobsMigrations } from '../src/index.js';

/** A service `works` with one table, in which each effect of a shard leaves a row. */
export interface Works {
  effect: { team_id: string; job_id: string; shard: number; worker: string };
}

export async function worksUrl(adminUrl: string): Promise<string> {
  const own = fileURLToPath(new URL('../../test/works/migrations', import.meta.url));
  await migrate({
    adminUrl,
    schema: 'works',
    role: 'noema_works',
    rolePassword: 'works',
    directories: [eventsMigrations, jobsMigrations, own],
  });
  const url = new URL(adminUrl);
  url.username = 'noema_works';
  url.password = 'works';
  return url.href;
}

export const connectWorks = (url: string): Database<Works> =>
  Database.connect<Works>({ url, schema: 'works' });

/** Inserts the row that records a shard's effect. A second row for the same shard is visible. */
export async function leaveEffect(
  db: Database<Works>,
  teamId: string,
  jobId: string,
  shard: number,
  worker = '',
): Promise<void> {
  await db.tx().insertInto('effect').values({ team_id: teamId, job_id: jobId, shard, worker }).execute();
}

export const effects = (
  db: Database<Works>,
  teamId: string,
  jobId: string,
): Promise<{ shard: number; worker: string }[]> =>
  db.run(teamId, () =>
    db
      .tx()
      .selectFrom('effect')
      .select(['shard', 'worker'])
      .where('job_id', '=', jobId)
      .orderBy('shard')
      .execute(),
  );
