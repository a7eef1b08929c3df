import { Inject, Injectable } from '@nestjs/common';
import { JobResourceRepository, toJobResource } from '@noema/jobs';
import { JOB_STATE_FIELD, SPLIT_FIELD } from '@noema/kernel';
import { Database, jsonb, type PageField } from '@noema/postgres';
import type { Selectable } from 'kysely';
import type { ExplanationsSchema } from '../schema.js';
import type { Analysis, AnalysisContents } from './analysis.js';
import type { Analyses, NewAnalysis } from './analysis.ports.js';

type Row = Selectable<ExplanationsSchema['analysis_status']>;

const FIELDS: Readonly<Record<string, PageField>> = {
  state: { column: 'state', type: JOB_STATE_FIELD },
  epoch: { column: 'epoch', type: 'number' },
  run_id: { column: 'run_id::text', type: 'string' },
  split: { column: 'split', type: SPLIT_FIELD },
  sample_id: { column: 'sample_id', type: 'string' },
  row: { column: 'sample_row', type: 'number' },
  create_time: { column: 'create_time', type: 'timestamp' },
};

/** Stores analyses in PostgreSQL. */
@Injectable()
export class AnalysisRepository
  extends JobResourceRepository<Row, Analysis, NewAnalysis, AnalysisContents>
  implements Analyses
{
  constructor(@Inject(Database) db: Database<ExplanationsSchema>) {
    super(db, 'analysis', FIELDS);
  }

  protected toRow({ id, settings, source, jobId }: NewAnalysis) {
    const { projectId, runId, epoch, datasetVersionId, sample } = source;
    return {
      id,
      project_id: projectId,
      run_id: runId,
      epoch,
      dataset_version_id: datasetVersionId,
      split: sample.split,
      sample_id: sample.sampleId,
      sample_row: sample.row,
      settings: jsonb(settings),
      source: jsonb(source),
      job_id: jobId,
    };
  }

  protected toResource(row: Row): Analysis {
    return {
      ...toJobResource(row),
      settings: row.settings,
      source: row.source,
      contents: row.contents ?? undefined,
    };
  }
}
