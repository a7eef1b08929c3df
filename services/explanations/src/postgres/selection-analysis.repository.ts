import type { Database } from '@noema/postgres';
import type { HeatMapEntry } from '../domain/analysis.js';
import type { SelectionAnalysis, SelectionSource } from '../domain/selection-analysis.js';
import type { SelectionAnalyses } from '../domain/selection-analysis.ports.js';
import type { ExplanationsSchema } from './schema.js';

/** Selection analyses in PostgreSQL. */
export class PostgresSelectionAnalyses implements SelectionAnalyses {
  constructor(private readonly db: Database<ExplanationsSchema>) {}

  async insert({ id, source, jobId }: { id: string; source: SelectionSource; jobId: string }): Promise<void> {
    const { projectId, runId, epoch, datasetVersionId, selectedCount } = source;
    await this.db
      .tx()
      .insertInto('selection_analysis')
      .values({
        id,
        team_id: this.db.teamId()!,
        project_id: projectId,
        run_id: runId,
        epoch,
        dataset_version_id: datasetVersionId,
        selected_count: selectedCount,
        source: JSON.stringify(source),
        job_id: jobId,
      })
      .execute();
  }

  async find(id: string): Promise<SelectionAnalysis | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('selection_analysis_status')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return (
      row && {
        id: row.id,
        source: row.source,
        heatMaps: row.contents ?? [],
        jobId: row.job_id,
        state: row.state,
        fault: row.fault ?? undefined,
        createTime: row.create_time,
        readyTime: row.ready_time ?? undefined,
      }
    );
  }

  async finish(id: string, heatMaps: readonly HeatMapEntry[], readyTime: Date): Promise<void> {
    await this.db
      .tx()
      .updateTable('selection_analysis')
      .where('id', '=', id)
      .set({ contents: JSON.stringify(heatMaps), ready_time: readyTime })
      .execute();
  }

  async delete(id: string): Promise<void> {
    await this.db.tx().deleteFrom('selection_analysis').where('id', '=', id).execute();
  }
}
