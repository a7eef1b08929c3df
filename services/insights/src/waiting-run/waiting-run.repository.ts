import { Inject, Injectable } from '@nestjs/common';
import { type AnyDatabase, Database } from '@noema/postgres';
import { sql } from 'kysely';
import { MAX_WAIT_HOURS, type WaitingRun } from './waiting-run.js';

/** Seconds between two looks at a run. */
const LOOK_SECONDS = 60;

/** Stores runs that wait for vectors; `insert` and `delete` take part in the ambient transaction of a team. */
@Injectable()
export class WaitingRunRepository {
  constructor(@Inject(Database) private readonly db: AnyDatabase) {}

  /** A run that waits already keeps its time. */
  async insert({ runId, projectId }: { readonly runId: string; readonly projectId: string }): Promise<void> {
    await sql`
      insert into waiting_run (team_id, project_id, run_id) values (${this.db.teamId()!}, ${projectId}, ${runId})
      on conflict do nothing`.execute(this.db.tx());
  }

  async delete(runId: string): Promise<void> {
    await sql`delete from waiting_run where run_id = ${runId}`.execute(this.db.tx());
  }

  /** Returns runs of all teams that are due for a look, and postpones the next one, so that no other sweep has them. */
  claim(limit: number): Promise<WaitingRun[]> {
    return this.db.runSystem(async () => {
      const { rows } = await sql<WaitingRun>`
        update waiting_run set look_time = now()
        where (team_id, run_id) in (
          select team_id, run_id from waiting_run where look_time < now() - make_interval(secs => ${LOOK_SECONDS})
          order by look_time limit ${limit} for update skip locked)
        returning team_id as "teamId", run_id as "runId",
          create_time < now() - make_interval(hours => ${MAX_WAIT_HOURS}) as "isLate"`.execute(this.db.tx());
      return rows;
    });
  }
}
