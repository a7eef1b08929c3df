import { Inject, Injectable } from '@nestjs/common';
import { type AnyDatabase, Database } from '@noema/postgres';
import { sql } from 'kysely';
import type { InsightSettings } from './insight-settings.js';

/** Stores settings of projects in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class InsightSettingsRepository {
  constructor(@Inject(Database) private readonly db: AnyDatabase) {}

  /** Returns whether runs of a project are searched by themselves; undefined where no member chose. */
  async findSearchAfterRuns(projectId: string): Promise<boolean | undefined> {
    const { rows } = await sql<{ readonly search_after_runs: boolean }>`
      select search_after_runs from insight_settings where project_id = ${projectId}`.execute(this.db.tx());
    return rows[0]?.search_after_runs;
  }

  /** Stores settings in place of earlier ones. */
  async save({ projectId, searchAfterRuns }: InsightSettings): Promise<void> {
    await sql`
      insert into insight_settings (team_id, project_id, search_after_runs)
      values (${this.db.teamId()!}, ${projectId}, ${searchAfterRuns})
      on conflict (team_id, project_id) do update set search_after_runs = excluded.search_after_runs`.execute(
      this.db.tx(),
    );
  }
}
