import { mapPage, type Page, type PageQuery } from '@noema/kernel';
import { type Database, selectPage } from '@noema/postgres';
import type { Selectable } from 'kysely';
import type { RowsSource } from '../domain/population.js';
import type { SanityCheck, SanityResult } from '../domain/sanity-check.js';
import type { SanityChecks } from '../domain/sanity-check.ports.js';
import type { ExplanationsSchema } from './schema.js';

type Row = Selectable<ExplanationsSchema['sanity_check_status']>;

const NEWEST = { create_time: { column: 'create_time', type: 'timestamp' } } as const;

/** Sanity checks in PostgreSQL. */
export class PostgresSanityChecks implements SanityChecks {
  constructor(private readonly db: Database<ExplanationsSchema>) {}

  async insert({ id, source, jobId }: { id: string; source: RowsSource; jobId: string }): Promise<void> {
    const { projectId, runId, epoch } = source;
    await this.db
      .tx()
      .insertInto('sanity_check')
      .values({
        id,
        team_id: this.db.teamId()!,
        project_id: projectId,
        run_id: runId,
        epoch,
        source: JSON.stringify(source),
        job_id: jobId,
      })
      .execute();
  }

  async find(id: string): Promise<SanityCheck | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('sanity_check_status')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row && toCheck(row);
  }

  async list(projectId: string, { runId }: { runId?: string }, query: PageQuery): Promise<Page<SanityCheck>> {
    const where = { project_id: projectId, ...(runId === undefined ? {} : { run_id: runId }) };
    return mapPage(
      await selectPage<Row>(this.db, {
        table: 'sanity_check_status',
        fields: NEWEST,
        query: { ...query, orderBy: 'create_time desc' },
        where,
      }),
      toCheck,
    );
  }

  async finish(id: string, results: readonly SanityResult[], readyTime: Date): Promise<void> {
    await this.db
      .tx()
      .updateTable('sanity_check')
      .where('id', '=', id)
      .set({ contents: JSON.stringify(results), ready_time: readyTime })
      .execute();
  }

  async delete(id: string): Promise<void> {
    await this.db.tx().deleteFrom('sanity_check').where('id', '=', id).execute();
  }
}

const toCheck = (row: Row): SanityCheck => ({
  id: row.id,
  source: row.source,
  results: row.contents ?? [],
  jobId: row.job_id,
  state: row.state,
  fault: row.fault ?? undefined,
  createTime: row.create_time,
  readyTime: row.ready_time ?? undefined,
});
