import { Inject, Injectable } from '@nestjs/common';
import { type AnyDatabase, Database } from '@noema/postgres';
import { sql } from 'kysely';
import type { ChosenSettings } from './insight-settings.js';

interface Row {
  readonly search_after_runs: boolean | null;
  readonly search_after_epochs: boolean | null;
}

/** Stores settings of projects in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class InsightSettingsRepository {
  constructor(@Inject(Database) private readonly db: AnyDatabase) {}

  async find(projectId: string): Promise<ChosenSettings> {
    const { rows } = await sql<Row>`
      select search_after_runs, search_after_epochs from insight_settings
      where project_id = ${projectId}`.execute(this.db.tx());
    return {
      searchAfterRuns: rows[0]?.search_after_runs ?? undefined,
      searchAfterEpochs: rows[0]?.search_after_epochs ?? undefined,
    };
  }

  /** Stores the settings that are given; the others stay. */
  async save(projectId: string, { searchAfterRuns, searchAfterEpochs }: ChosenSettings): Promise<void> {
    await sql`
      insert into insight_settings as stored (team_id, project_id, search_after_runs, search_after_epochs)
      values (${this.db.teamId()!}, ${projectId}, ${searchAfterRuns ?? null}, ${searchAfterEpochs ?? null})
      on conflict (team_id, project_id) do update set
        search_after_runs = coalesce(excluded.search_after_runs, stored.search_after_runs),
        search_after_epochs = coalesce(excluded.search_after_epochs, stored.search_after_epochs)`.execute(
      this.db.tx(),
    );
  }
}
