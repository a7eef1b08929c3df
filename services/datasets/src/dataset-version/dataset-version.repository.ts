import { Inject, Injectable } from '@nestjs/common';
import {
  decodePageToken,
  encodePageToken,
  JOB_STATE_FIELD,
  mapPage,
  type Page,
  type PageQuery,
  pageSize,
  type ProjectId,
} from '@noema/kernel';
import { Database, jsonb, selectPage } from '@noema/postgres';
import { sql } from 'kysely';
import type { IntegrationId } from '../integration/integration.js';
import type { DatasetsSchema, EntryRow, ShardRow } from '../schema.js';
import { datasetVersionNotFound, ingestionDeleted } from './dataset-version.errors.js';
import type {
  DatasetShard,
  DatasetVersion,
  DatasetVersionId,
  NewDatasetVersion,
  NewIngestion,
} from './dataset-version.js';

const FIELDS = {
  display_name: { column: 'display_name', type: 'string' },
  integration_id: { column: 'integration_id::text', type: 'string' },
  state: { column: 'state', type: JOB_STATE_FIELD },
  content_digest: { column: 'content_digest', type: 'string' },
  create_time: { column: 'created_at', type: 'timestamp' },
  ready_time: { column: 'ready_at', type: 'timestamp' },
  sample_count: { column: "(content->>'sampleCount')::int", type: 'number' },
} as const;

const toVersion = (row: EntryRow): DatasetVersion => ({
  id: row.dataset_version_id as DatasetVersionId,
  ingestionId: row.id,
  projectId: row.project_id as ProjectId,
  integrationId: row.integration_id as IntegrationId,
  displayName: row.display_name,
  jobId: row.job_id,
  state: row.state,
  fault: row.fault ?? undefined,
  shardSize: row.shard_size,
  createTime: row.created_at,
  readyTime: row.ready_at ?? undefined,
  ready:
    row.content === null
      ? undefined
      : { content: row.content, contentDigest: row.content_digest!, samples: row.samples! },
});

const toShard = (row: ShardRow): DatasetShard => ({
  index: row.index,
  firstRow: row.first_row,
  rowCount: row.row_count,
  inputs: row.inputs,
  groundTruths: row.ground_truths ?? undefined,
  visuals: row.visuals ?? undefined,
});

/** Rows of one statement: a version of many millions of samples has tens of thousands of shards. */
const SHARDS_AT_ONCE = 1000;

/**
 * Stores dataset versions, their shards, and the ingestions that lead to them, in the ambient transaction of
 * a team.
 */
@Injectable()
export class DatasetVersionRepository {
  constructor(@Inject(Database) private readonly db: Database<DatasetsSchema>) {}

  async insertIngestion(ingestion: NewIngestion): Promise<void> {
    const { id, projectId, integrationId, displayName, jobId, shardSize, createTime } = ingestion;
    await sql`
      insert into ingestion (id, team_id, project_id, integration_id, display_name, job_id, shard_size,
        created_at)
      values (${id}, current_setting('app.team_id')::uuid, ${projectId}, ${integrationId}, ${displayName},
        ${jobId}, ${shardSize}, ${createTime})`.execute(this.db.tx());
  }

  /** Finds a version by its id or by that of an ingestion that led to it. */
  async find(id: string): Promise<DatasetVersion | undefined> {
    const { rows } = await sql<EntryRow>`
      select * from dataset_entry
      where dataset_version_id = coalesce((select i.dataset_version_id from ingestion i where i.id = ${id}),
        ${id}::uuid)`.execute(this.db.tx());
    return rows[0] && toVersion(rows[0]);
  }

  async list(projectId: string, query: PageQuery): Promise<Page<DatasetVersion>> {
    return mapPage(
      await selectPage<EntryRow>(this.db, {
        table: 'dataset_entry',
        fields: FIELDS,
        where: { project_id: projectId },
        query,
      }),
      toVersion,
    );
  }

  async count(projectId: string): Promise<number> {
    const { rows } = await sql<{
      n: number;
    }>`select count(*)::int as n from ingestion where project_id = ${projectId}`.execute(this.db.tx());
    return rows[0]!.n;
  }

  async shards(
    id: DatasetVersionId,
    query: Pick<PageQuery, 'pageSize' | 'pageToken'>,
  ): Promise<Page<DatasetShard>> {
    const after = Number(decodePageToken({ id }, query.pageToken, ['count'])?.[0] ?? -1);
    const size = pageSize(query.pageSize);
    const { rows } =
      await sql<ShardRow>`select * from dataset_shard where dataset_version_id = ${id} and index > ${after}
        order by index limit ${size + 1}`.execute(this.db.tx());
    const items = rows.slice(0, size).map(toShard);
    return { items, nextPageToken: rows.length > size ? encodePageToken({ id }, [items.at(-1)!.index]) : '' };
  }

  /**
   * Returns one shard of a version that has it. Throws `not-found` DATASET_VERSION_NOT_FOUND when the version
   * was deleted meanwhile.
   */
  async shard(id: DatasetVersionId, index: number): Promise<DatasetShard> {
    const { rows } =
      await sql<ShardRow>`select * from dataset_shard where dataset_version_id = ${id} and index = ${index}`.execute(
        this.db.tx(),
      );
    if (rows[0] === undefined) throw datasetVersionNotFound(id);
    return toShard(rows[0]);
  }

  /**
   * Makes the version visible, or leads the ingestion to the one with the same content. Returns false when
   * that one existed; throws `precondition` INGESTION_DELETED.
   */
  async publish(version: NewDatasetVersion): Promise<boolean> {
    const { id, ingestionId, content, contentDigest, samples, shardSize } = version;
    const { rows: ingestions } =
      await sql`select 1 from ingestion where id = ${ingestionId} for update`.execute(this.db.tx());
    if (ingestions.length === 0) throw ingestionDeleted(ingestionId);
    const { rows } = await sql`
      insert into dataset_version (id, team_id, ingestion_id, project_id, integration_id, display_name,
        job_id, shard_size, content, content_digest, samples, created_at)
      select ${id}, team_id, id, project_id, integration_id, display_name, job_id, ${shardSize},
        ${jsonb(content)}, ${contentDigest}, ${jsonb(samples)}, created_at
      from ingestion where id = ${ingestionId}
      on conflict (id) do nothing returning id`.execute(this.db.tx());
    const isNew = rows.length > 0;
    if (isNew)
      for (let at = 0; at < version.shards.length; at += SHARDS_AT_ONCE)
        await this.insertShards(id, version.shards.slice(at, at + SHARDS_AT_ONCE));
    await sql`update ingestion set dataset_version_id = ${id} where id = ${ingestionId}`.execute(
      this.db.tx(),
    );
    return isNew;
  }

  /** Deletes the version or ingestion with all that leads to it. */
  async delete(version: DatasetVersion): Promise<void> {
    if (version.ready !== undefined)
      await sql`delete from dataset_version where id = ${version.id}`.execute(this.db.tx());
    else await sql`delete from ingestion where id = ${version.ingestionId}`.execute(this.db.tx());
  }

  private async insertShards(id: DatasetVersionId, shards: readonly DatasetShard[]): Promise<void> {
    const rows = shards.map((s) => ({
      index: s.index,
      first_row: s.firstRow,
      row_count: s.rowCount,
      inputs: s.inputs,
      ground_truths: s.groundTruths,
      visuals: s.visuals,
    }));
    await sql`
      insert into dataset_shard (dataset_version_id, index, team_id, first_row, row_count, inputs,
        ground_truths, visuals)
      select ${id}, index, current_setting('app.team_id')::uuid, first_row, row_count, inputs, ground_truths,
        visuals
      from jsonb_to_recordset(${jsonb(rows)}) as s(index int, first_row int, row_count int, inputs jsonb,
        ground_truths jsonb, visuals jsonb)`.execute(this.db.tx());
  }
}
