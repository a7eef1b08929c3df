import { JOB_STATE_FIELD, mapPage, type Page, type PageQuery, type SampleAddress } from '@noema/kernel';
import { type Database, type PageField, selectPage } from '@noema/postgres';
import type { Selectable } from 'kysely';
import type { SharedAreaEntry, SimilarityAnalysis, SimilaritySource } from '../domain/similarity-analysis.js';
import type { SimilarityAnalyses } from '../domain/similarity-analysis.ports.js';
import type { ExplanationsSchema } from './schema.js';

type Row = Selectable<ExplanationsSchema['similarity_analysis_status']>;

const FIELDS: Readonly<Record<string, PageField>> = {
  state: { column: 'state', type: JOB_STATE_FIELD },
  activation_set_id: { column: 'activation_set_id::text', type: 'string' },
  create_time: { column: 'create_time', type: 'timestamp' },
};

const addressOf = ({ split, sampleId }: SampleAddress): SampleAddress => ({ split, sampleId });

/** Similarity analyses in PostgreSQL. */
export class PostgresSimilarityAnalyses implements SimilarityAnalyses {
  constructor(private readonly db: Database<ExplanationsSchema>) {}

  async insert({
    id,
    layer,
    source,
    jobId,
  }: {
    id: string;
    layer: string;
    source: SimilaritySource;
    jobId: string;
  }): Promise<void> {
    await this.db
      .tx()
      .insertInto('similarity_analysis')
      .values({
        id,
        team_id: this.db.teamId()!,
        project_id: source.projectId,
        activation_set_id: source.activationSetId,
        layer,
        job_id: jobId,
        query: JSON.stringify(addressOf(source.query)),
        samples: JSON.stringify(source.samples.map(addressOf)),
        source: JSON.stringify(source),
      })
      .execute();
  }

  async find(id: string): Promise<SimilarityAnalysis | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('similarity_analysis_status')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row && toAnalysis(row);
  }

  async list(projectId: string, query: PageQuery): Promise<Page<SimilarityAnalysis>> {
    const ordered = { ...query, orderBy: query.orderBy === '' ? 'create_time desc' : query.orderBy };
    return mapPage(
      await selectPage<Row>(this.db, {
        table: 'similarity_analysis_status',
        fields: FIELDS,
        query: ordered,
        where: { project_id: projectId },
      }),
      toAnalysis,
    );
  }

  async finish(id: string, areas: readonly SharedAreaEntry[], readyTime: Date): Promise<void> {
    await this.db
      .tx()
      .updateTable('similarity_analysis')
      .where('id', '=', id)
      .set({ contents: JSON.stringify(areas), ready_time: readyTime })
      .execute();
  }

  async delete(id: string): Promise<void> {
    await this.db.tx().deleteFrom('similarity_analysis').where('id', '=', id).execute();
  }
}

const toAnalysis = (row: Row): SimilarityAnalysis => ({
  id: row.id,
  layer: row.layer,
  source: row.source,
  areas: row.contents ?? [],
  jobId: row.job_id,
  state: row.state,
  fault: row.fault ?? undefined,
  createTime: row.create_time,
  readyTime: row.ready_time ?? undefined,
});
