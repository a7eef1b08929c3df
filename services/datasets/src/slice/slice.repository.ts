import { Inject, Injectable } from '@nestjs/common';
import { mapPage, type Page, type PageQuery, type ProjectId } from '@noema/kernel';
import { Database, isUniqueViolation, selectPage } from '@noema/postgres';
import { sql } from 'kysely';
import { datasetVersionNotFound } from '../dataset-version/dataset-version.errors.js';
import type { DatasetVersionId } from '../dataset-version/dataset-version.js';
import type { DatasetsSchema, SliceRow } from '../schema.js';
import { sliceNameTaken } from './slice.errors.js';
import type { Slice, SliceId, SliceWithRows } from './slice.js';

const toSlice = (row: SliceRow): Slice => ({
  id: row.id as SliceId,
  projectId: row.project_id as ProjectId,
  datasetVersionId: row.dataset_version_id as DatasetVersionId,
  displayName: row.display_name,
  description: row.description,
  filter: row.filter,
  sampleCount: row.sample_count,
  createdBy: row.created_by,
  createTime: row.created_at,
  updateTime: row.updated_at,
});

/** Stores slices in the table `slice`, in the ambient transaction of a team. */
@Injectable()
export class SliceRepository {
  constructor(@Inject(Database) private readonly db: Database<DatasetsSchema>) {}

  /**
   * Throws `exists` SLICE_NAME_TAKEN, `not-found` DATASET_VERSION_NOT_FOUND when the version was deleted
   * meanwhile.
   */
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
      createTime,
    } = slice;
    const { rows } = await this.named(slice, () =>
      sql`
      insert into slice (id, team_id, project_id, dataset_version_id, display_name, description, filter,
        sample_count, bitmap, created_by, created_at, updated_at)
      select ${id}, team_id, project_id, id, ${displayName}, ${description}, ${filter}, ${sampleCount},
        ${Buffer.from(bitmap)}, ${createdBy}, ${createTime}, ${createTime}
      from dataset_version where id = ${datasetVersionId} returning id`.execute(this.db.tx()),
    );
    if (rows.length === 0) throw datasetVersionNotFound(datasetVersionId);
  }

  async find(id: string): Promise<SliceWithRows | undefined> {
    const row = await this.select(id).executeTakeFirst();
    return row && { ...toSlice(row), bitmap: row.bitmap };
  }

  /** Finds a slice and keeps others from changing it until the transaction ends. */
  async lock(id: string): Promise<SliceWithRows | undefined> {
    const row = await this.select(id).forUpdate().executeTakeFirst();
    return row && { ...toSlice(row), bitmap: row.bitmap };
  }

  /** Lists the newest first. */
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

  /** Writes name, description, filter, rows and update time. Throws `exists` SLICE_NAME_TAKEN. */
  async update(slice: SliceWithRows): Promise<void> {
    const { id, displayName, description, filter, sampleCount, bitmap, updateTime } = slice;
    await this.named(slice, () =>
      this.db
        .tx()
        .updateTable('slice')
        .set({
          display_name: displayName,
          description,
          filter,
          sample_count: sampleCount,
          bitmap: Buffer.from(bitmap),
          updated_at: updateTime,
        })
        .where('id', '=', id)
        .execute(),
    );
  }

  /** Returns false when there was none. */
  async delete(id: SliceId): Promise<boolean> {
    const row = await this.db
      .tx()
      .deleteFrom('slice')
      .where('id', '=', id)
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }

  private select(id: string) {
    return this.db.tx().selectFrom('slice').selectAll().where('id', '=', id);
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
