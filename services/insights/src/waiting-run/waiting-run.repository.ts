import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@noema/postgres';
import { sql } from 'kysely';
import { MAX_WAIT_HOURS, type WaitingRun } from './waiting-run.js';

interface Schema {
  waiting_run: { team_id: string; project_id: string; run_id: string };
}

/** Seconds between two looks at a run. */
const LOOK_SECONDS = 60;

/** Stores runs that wait for vectors; `insert` and `delete` take part in the ambient transaction of a team. */
@Injectable()
export class WaitingRunRepository {
  constructor(@Inject(Database) private readonly db: Database<Schema>) {}

  /** A run that waits already keeps its time. */
  async insert({ runId, projectId }: { readonly runId: string; readonly projectId: string }): Promise<void> {
    await this.db
      .tx()
      .insertInto('waiting_run')
      .values({ team_id: this.db.teamId()!, project_id: projectId, run_id: runId })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async delete(runId: string): Promise<void> {
    await this.db.tx().deleteFrom('waiting_run').where('run_id', '=', runId).execute();
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
