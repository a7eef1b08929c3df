import { sql } from 'kysely';
import pg from 'pg';
import { expect, it } from 'vitest';
import { adminUrl, create, db, team, useWorks } from '../test/harness.js';

useWorks();

it('show_job_status makes the view of a resource, and makes it again with new columns for the same roles', async () => {
  const admin = new pg.Client(adminUrl);
  await admin.connect();
  try {
    await admin.query(`SET search_path TO works;
      CREATE TABLE report (id uuid PRIMARY KEY, team_id uuid NOT NULL, job_id uuid NOT NULL REFERENCES job);
      SELECT secure_by_team('report'); SELECT show_job_status('report');
      GRANT SELECT, INSERT ON report TO noema_works; GRANT SELECT ON report_status TO noema_works`);
    const jobId = await create(1);
    await db.run(team, () => sql`insert into report values (${jobId}, ${team}, ${jobId})`.execute(db.tx()));
    const read = async (teamId: string) =>
      (await db.run(teamId, () => sql`select * from report_status`.execute(db.tx()))).rows;
    const report = { id: jobId, team_id: team, job_id: jobId, state: 'queued', fault: null };
    expect(await read(team)).toEqual([report]);

    await admin.query("ALTER TABLE report ADD COLUMN pages int DEFAULT 7; SELECT show_job_status('report')");
    expect(await read(team)).toEqual([{ ...report, pages: 7 }]);
    expect(await read(jobId)).toEqual([]);
  } finally {
    await admin.end();
  }
});
