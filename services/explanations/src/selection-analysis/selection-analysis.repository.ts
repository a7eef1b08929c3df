import { Inject, Injectable } from '@nestjs/common';
import { JobResourceRepository, toJobResource } from '@noema/jobs';
import { Database, jsonb } from '@noema/postgres';
import type { Selectable } from 'kysely';
import type { HeatMapEntry } from '../analysis/analysis.js';
import type { ExplanationsSchema } from '../schema.js';
import type { SelectionAnalysis } from './selection-analysis.js';
import type { NewSelectionAnalysis, SelectionAnalyses } from './selection-analysis.ports.js';

type Row = Selectable<ExplanationsSchema['selection_analysis_status']>;

/** Stores selection analyses in PostgreSQL. */
@Injectable()
export class SelectionAnalysisRepository
  extends JobResourceRepository<Row, SelectionAnalysis, NewSelectionAnalysis, readonly HeatMapEntry[]>
  implements SelectionAnalyses
{
  constructor(@Inject(Database) db: Database<ExplanationsSchema>) {
    super(db, 'selection_analysis');
  }

  protected toRow({ id, source, jobId }: NewSelectionAnalysis) {
    const { projectId, runId, epoch, datasetVersionId, selectedCount } = source;
    return {
      id,
      project_id: projectId,
      run_id: runId,
      epoch,
      dataset_version_id: datasetVersionId,
      selected_count: selectedCount,
      source: jsonb(source),
      job_id: jobId,
    };
  }

  protected toResource(row: Row): SelectionAnalysis {
    return { ...toJobResource(row), source: row.source, heatMaps: row.contents ?? [] };
  }
}
