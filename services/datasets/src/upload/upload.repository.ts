import { Inject, Injectable } from '@nestjs/common';
import type { ArtifactRef } from '@noema/kernel';
import { Database, jsonb } from '@noema/postgres';
import { sql } from 'kysely';
import type { DatasetsSchema } from '../schema.js';
import type { ReceivedUpload, Upload, UploadManifest } from './upload.js';

interface UploadRow {
  readonly id: string;
  readonly project_id: string;
  readonly manifest: UploadManifest;
  readonly dataset_version_id: string | null;
  readonly created_at: Date;
}

/** Stores uploads and the references to their chunks, in the ambient transaction of a team. */
@Injectable()
export class UploadRepository {
  constructor(@Inject(Database) private readonly db: Database<DatasetsSchema>) {}

  /** Inserts an upload, unless it exists. */
  async ensure({ id, projectId, manifest }: Pick<Upload, 'id' | 'projectId' | 'manifest'>): Promise<void> {
    await sql`
      insert into upload (id, team_id, project_id, manifest)
      values (${id}, current_setting('app.team_id')::uuid, ${projectId}, ${jsonb(manifest)})
      on conflict do nothing`.execute(this.db.tx());
  }

  async find(id: string): Promise<Upload | undefined> {
    const { rows } = await sql<UploadRow>`select * from upload where id = ${id}`.execute(this.db.tx());
    return rows[0] && toUpload(rows[0]);
  }

  /** As `find`, with the list of the stored chunks, which may be long. */
  async findReceived(id: string): Promise<ReceivedUpload | undefined> {
    const { rows } = await sql<UploadRow & Pick<ReceivedUpload, 'received'>>`
      select u.*, array(select c.index from upload_chunk c where c.upload_id = u.id order by c.index) as received
      from upload u where u.id = ${id}`.execute(this.db.tx());
    return rows[0] && { ...toUpload(rows[0]), received: rows[0].received };
  }

  async chunk(id: string, index: number): Promise<ArtifactRef | undefined> {
    return (await this.chunks(id, index, index))[0];
  }

  /** Chunks `first` to `last`, both included, in order. */
  async chunks(id: string, first: number, last: number): Promise<ArtifactRef[]> {
    const { rows } = await sql<{ content: ArtifactRef }>`
      select content from upload_chunk where upload_id = ${id} and index between ${first} and ${last}
      order by index`.execute(this.db.tx());
    return rows.map(({ content }) => content);
  }

  /** Inserts a chunk, unless it exists. */
  async addChunk(id: string, index: number, content: ArtifactRef): Promise<void> {
    await sql`
      insert into upload_chunk (upload_id, index, team_id, content)
      values (${id}, ${index}, current_setting('app.team_id')::uuid, ${jsonb(content)})
      on conflict do nothing`.execute(this.db.tx());
  }

  /** Notes the version that was made of the upload, and removes its chunks. */
  async consume(id: string, datasetVersionId: string): Promise<void> {
    await sql`update upload set dataset_version_id = ${datasetVersionId} where id = ${id}`.execute(
      this.db.tx(),
    );
    await sql`delete from upload_chunk where upload_id = ${id}`.execute(this.db.tx());
  }
}

const toUpload = (row: UploadRow): Upload => ({
  id: row.id,
  projectId: row.project_id,
  manifest: row.manifest,
  datasetVersionId: row.dataset_version_id ?? undefined,
  createTime: row.created_at,
});
