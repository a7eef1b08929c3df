import { Inject, Injectable } from '@nestjs/common';
import type { ArtifactRef } from '@noema/kernel';
import { Database, jsonb } from '@noema/postgres';
import { sql } from 'kysely';
import type { DatasetsSchema, UploadRow } from '../schema.js';
import type { ReceivedUpload, Upload } from './upload.js';

/** Stores uploads and the references to their chunks, in the ambient transaction of a team. */
@Injectable()
export class UploadRepository {
  constructor(@Inject(Database) private readonly db: Database<DatasetsSchema>) {}

  /** Inserts an upload, unless it exists. */
  async ensure({ id, projectId, manifest }: Pick<Upload, 'id' | 'projectId' | 'manifest'>): Promise<void> {
    await this.db
      .tx()
      .insertInto('upload')
      .values({ id, team_id: this.db.teamId()!, project_id: projectId, manifest: jsonb(manifest) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async find(id: string): Promise<Upload | undefined> {
    const row = await this.db.tx().selectFrom('upload').selectAll().where('id', '=', id).executeTakeFirst();
    return row && toUpload(row);
  }

  /** As `find`, with the list of the stored chunks, which may be long. */
  async findReceived(id: string): Promise<ReceivedUpload | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('upload as u')
      .selectAll('u')
      .select(
        sql<number[]>`array(select c.index from upload_chunk c where c.upload_id = u.id order by c.index)`.as(
          'received',
        ),
      )
      .where('u.id', '=', id)
      .executeTakeFirst();
    return row && { ...toUpload(row), received: row.received };
  }

  async chunk(id: string, index: number): Promise<ArtifactRef | undefined> {
    return (await this.chunks(id, index, index))[0];
  }

  /** Chunks `first` to `last`, both included, in order. */
  async chunks(id: string, first: number, last: number): Promise<ArtifactRef[]> {
    const rows = await this.db
      .tx()
      .selectFrom('upload_chunk')
      .select('content')
      .where('upload_id', '=', id)
      .where((chunk) => chunk.between('index', first, last))
      .orderBy('index')
      .execute();
    return rows.map(({ content }) => content);
  }

  /** Inserts a chunk, unless it exists. */
  async addChunk(id: string, index: number, content: ArtifactRef): Promise<void> {
    await this.db
      .tx()
      .insertInto('upload_chunk')
      .values({ upload_id: id, index, team_id: this.db.teamId()!, content: jsonb(content) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /** Notes the version that was made of the upload, and removes its chunks. */
  async consume(id: string, datasetVersionId: string): Promise<void> {
    const tx = this.db.tx();
    await tx
      .updateTable('upload')
      .set({ dataset_version_id: datasetVersionId })
      .where('id', '=', id)
      .execute();
    await tx.deleteFrom('upload_chunk').where('upload_id', '=', id).execute();
  }
}

const toUpload = (row: UploadRow): Upload => ({
  id: row.id,
  projectId: row.project_id,
  manifest: row.manifest,
  datasetVersionId: row.dataset_version_id ?? undefined,
  createTime: row.created_at,
});
