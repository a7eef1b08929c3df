import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@noema/postgres';
import type { ChosenSettings } from './insight-settings.js';

interface Schema {
  insight_settings: {
    team_id: string;
    project_id: string;
    search_after_runs: boolean | null;
    search_after_epochs: boolean | null;
  };
}

/** Stores settings of projects in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class InsightSettingsRepository {
  constructor(@Inject(Database) private readonly db: Database<Schema>) {}

  async find(projectId: string): Promise<ChosenSettings> {
    const row = await this.db
      .tx()
      .selectFrom('insight_settings')
      .select(['search_after_runs', 'search_after_epochs'])
      .where('project_id', '=', projectId)
      .executeTakeFirst();
    return {
      searchAfterRuns: row?.search_after_runs ?? undefined,
      searchAfterEpochs: row?.search_after_epochs ?? undefined,
    };
  }

  /** Stores the settings that are given; the others stay. */
  async save(projectId: string, { searchAfterRuns, searchAfterEpochs }: ChosenSettings): Promise<void> {
    await this.db
      .tx()
      .insertInto('insight_settings')
      .values({
        team_id: this.db.teamId()!,
        project_id: projectId,
        search_after_runs: searchAfterRuns ?? null,
        search_after_epochs: searchAfterEpochs ?? null,
      })
      .onConflict((conflict) =>
        conflict.columns(['team_id', 'project_id']).doUpdateSet(({ fn }) => ({
          search_after_runs: fn.coalesce('excluded.search_after_runs', 'insight_settings.search_after_runs'),
          search_after_epochs: fn.coalesce(
            'excluded.search_after_epochs',
            'insight_settings.search_after_epochs',
          ),
        })),
      )
      .execute();
  }
}
