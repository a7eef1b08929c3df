import { mapPage, type Page, type PageQuery, type ProjectId } from '@noema/kernel';
import { type Database, isUniqueViolation, selectPage } from '@noema/postgres';
import { sql } from 'kysely';
import type { DatasetVersionId } from '../dataset-version/dataset-version.js';
import { datasetVersionNotFound } from '../dataset-version/dataset-version.errors.js';
import type { Slice, SliceId, SliceWithRows } from './slice.js';
import { sliceNameTaken } from './slice.errors.js';
import type { SliceRepository } from './slice.ports.js';
import type { DatasetsSchema, SliceRow } from '../schema.js';

const toSlice = (row: SliceRow): Slice => ({
  id: row.id as SliceId,
  projectId: row.project_id as ProjectId,
  datasetVersionId: row.dataset_version_id as DatasetVersionId,
  displayName: row.display_name,
  description: row.description,
  filter: row.filter,
  sampleCount: row.sample_count,
  createdBy: row.created_by,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** Slices in the table `slice`. */
export class PostgresSlices implements SliceRepository {
  constructor(private readonly db: Database<DatasetsSchema>) {}

  async insert(slice: SliceWithRows): Promise<void> {
    const {
      id,
      datasetVersionId,
      displayName,
      description,
      filter,
      sampleCount,
      bitmap,
      createdBy,
      createdAt,
    } = slice;
    const { rows } = await this.named(slice, () =>
      sql`
      insert into slice (id, team_id, project_id, dataset_version_id, display_name, description, filter,
        sample_count, bitmap, created_by, created_at, updated_at)
      select ${id}, team_id, project_id, id, ${displayName}, ${description}, ${filter}, ${sampleCount},
        ${Buffer.from(bitmap)}, ${createdBy}, ${createdAt}, ${createdAt}
      from dataset_version where id = ${datasetVersionId} returning id`.execute(this.db.tx()),
    );
    if (rows.length === 0) throw datasetVersionNotFound(datasetVersionId);
  }

  async find(id: string): Promise<SliceWithRows | undefined> {
    const { rows } = await sql<
      SliceRow & { readonly bitmap: Buffer }
    >`select * from slice where id = ${id}`.execute(this.db.tx());
    return rows[0] && { ...toSlice(rows[0]), bitmap: rows[0].bitmap };
  }

  async list(id: DatasetVersionId, query: Pick<PageQuery, 'pageSize' | 'pageToken'>): Promise<Page<Slice>> {
    return mapPage(
      await selectPage<SliceRow>(this.db, {
        table: 'slice_entry',
        fields: {},
        where: { dataset_version_id: id },
        query: { ...query, filter: '', orderBy: '' },
      }),
      toSlice,
    );
  }

  async save(slice: Slice): Promise<void> {
    const { id, displayName, description, updatedAt } = slice;
    await this.named(slice, () =>
      sql`update slice set display_name = ${displayName}, description = ${description}, updated_at =
        ${updatedAt} where id = ${id}`.execute(this.db.tx()),
    );
  }

  async delete(id: SliceId): Promise<boolean> {
    const { rows } = await sql`delete from slice where id = ${id} returning id`.execute(this.db.tx());
    return rows.length > 0;
  }

  private async named<T>({ displayName }: Slice, write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (isUniqueViolation(error, 'slice_name')) throw sliceNameTaken(displayName);
      throw error;
    }
  }
}
