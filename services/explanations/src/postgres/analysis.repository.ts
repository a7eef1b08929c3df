import { JOB_STATE_FIELD, SPLIT_FIELD, mapPage, type Page, type PageQuery } from '@noema/kernel';
import { type Database, type PageField, selectPage } from '@noema/postgres';
import type { Selectable } from 'kysely';
import type { Analysis, AnalysisContents, AnalysisSettings, AnalysisSource } from '../domain/analysis.js';
import type { Analyses } from '../domain/analysis.ports.js';
import type { ExplanationsSchema } from './schema.js';

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

/** Analyses in PostgreSQL. */
export class PostgresAnalyses implements Analyses {
  constructor(private readonly db: Database<ExplanationsSchema>) {}

  async insert({
    id,
    settings,
    source,
    jobId,
  }: {
    id: string;
    settings: AnalysisSettings;
    source: AnalysisSource;
    jobId: string;
  }): Promise<void> {
    const { projectId, runId, epoch, datasetVersionId, sample } = source;
    await this.db
      .tx()
      .insertInto('analysis')
      .values({
        id,
        team_id: this.db.teamId()!,
        project_id: projectId,
        run_id: runId,
        epoch,
        dataset_version_id: datasetVersionId,
        split: sample.split,
        sample_id: sample.sampleId,
        sample_row: sample.row,
        settings: JSON.stringify(settings),
        source: JSON.stringify(source),
        job_id: jobId,
      })
      .execute();
  }

  async find(id: string): Promise<Analysis | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('analysis_status')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row && toAnalysis(row);
  }

  async list(projectId: string, { runId }: { runId?: string }, query: PageQuery): Promise<Page<Analysis>> {
    const page = await selectPage<Row>(this.db, {
      table: 'analysis_status',
      fields: FIELDS,
      query: { ...query, orderBy: query.orderBy === '' ? 'create_time desc' : query.orderBy },
      where: { project_id: projectId, ...(runId === undefined ? {} : { run_id: runId }) },
    });
    return mapPage(page, toAnalysis);
  }

  async finish(id: string, contents: AnalysisContents, readyTime: Date): Promise<void> {
    await this.db
      .tx()
      .updateTable('analysis')
      .where('id', '=', id)
      .set({ contents: JSON.stringify(contents), ready_time: readyTime })
      .execute();
  }

  async delete(id: string): Promise<void> {
    await this.db.tx().deleteFrom('analysis').where('id', '=', id).execute();
  }
}

const toAnalysis = (row: Row): Analysis => ({
  id: row.id,
  settings: row.settings,
  source: row.source,
  contents: row.contents ?? undefined,
  jobId: row.job_id,
  state: row.state,
  fault: row.fault ?? undefined,
  createTime: row.create_time,
  readyTime: row.ready_time ?? undefined,
});
