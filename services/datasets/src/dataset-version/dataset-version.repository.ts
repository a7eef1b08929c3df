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
    await this.db
      .tx()
      .insertInto('ingestion')
      .values({
        id,
        team_id: this.db.teamId()!,
        project_id: projectId,
        integration_id: integrationId,
        display_name: displayName,
        job_id: jobId,
        shard_size: shardSize,
        created_at: createTime,
      })
      .execute();
  }

  /** Finds a version by its id or by that of an ingestion that led to it. */
  async find(id: string): Promise<DatasetVersion | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('dataset_entry')
      .selectAll()
      .where('dataset_version_id', '=', (entry) =>
        entry.fn.coalesce(
          entry.selectFrom('ingestion').select('ingestion.dataset_version_id').where('ingestion.id', '=', id),
          entry.val(id),
        ),
      )
      .executeTakeFirst();
    return row && toVersion(row);
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
    const { ingestions } = await this.db
      .tx()
      .selectFrom('ingestion')
      .select(({ fn }) => fn.countAll<string>().as('ingestions'))
      .where('project_id', '=', projectId)
      .executeTakeFirstOrThrow();
    return Number(ingestions);
  }

  async shards(
    id: DatasetVersionId,
    query: Pick<PageQuery, 'pageSize' | 'pageToken'>,
  ): Promise<Page<DatasetShard>> {
    const after = Number(decodePageToken({ id }, query.pageToken, ['count'])?.[0] ?? -1);
    const size = pageSize(query.pageSize);
    const rows = await this.db
      .tx()
      .selectFrom('dataset_shard')
      .selectAll()
      .where('dataset_version_id', '=', id)
      .where('index', '>', after)
      .orderBy('index')
      .limit(size + 1)
      .execute();
    const items = rows.slice(0, size).map(toShard);
    return { items, nextPageToken: rows.length > size ? encodePageToken({ id }, [items.at(-1)!.index]) : '' };
  }

  /**
   * Returns one shard of a version that has it. Throws `not-found` DATASET_VERSION_NOT_FOUND when the version
   * was deleted meanwhile.
   */
  async shard(id: DatasetVersionId, index: number): Promise<DatasetShard> {
    const row = await this.db
      .tx()
      .selectFrom('dataset_shard')
      .selectAll()
      .where('dataset_version_id', '=', id)
      .where('index', '=', index)
      .executeTakeFirst();
    if (row === undefined) throw datasetVersionNotFound(id);
    return toShard(row);
  }

  /**
   * Makes the version visible, or leads the ingestion to the one with the same content. Returns false when
   * that one existed; throws `precondition` INGESTION_DELETED.
   */
  async publish(version: NewDatasetVersion): Promise<boolean> {
    const { id, ingestionId, content, contentDigest, samples, shardSize } = version;
    const tx = this.db.tx();
    const ingestion = await tx
      .selectFrom('ingestion')
      .select('id')
      .where('id', '=', ingestionId)
      .forUpdate()
      .executeTakeFirst();
    if (ingestion === undefined) throw ingestionDeleted(ingestionId);
    const { rows } = await sql`
      insert into dataset_version (id, team_id, ingestion_id, project_id, integration_id, display_name,
        job_id, shard_size, content, content_digest, samples, created_at)
      select ${id}, team_id, id, project_id, integration_id, display_name, job_id, ${shardSize},
        ${jsonb(content)}, ${contentDigest}, ${jsonb(samples)}, created_at
      from ingestion where id = ${ingestionId}
      on conflict (id) do nothing returning id`.execute(tx);
    const isNew = rows.length > 0;
    if (isNew)
      for (let at = 0; at < version.shards.length; at += SHARDS_AT_ONCE)
        await this.insertShards(id, version.shards.slice(at, at + SHARDS_AT_ONCE));
    await tx.updateTable('ingestion').set({ dataset_version_id: id }).where('id', '=', ingestionId).execute();
    return isNew;
  }

  /** Deletes the version or ingestion with all that leads to it. */
  async delete({ id, ingestionId, ready }: DatasetVersion): Promise<void> {
    const tx = this.db.tx();
    if (ready !== undefined) await tx.deleteFrom('dataset_version').where('id', '=', id).execute();
    else await tx.deleteFrom('ingestion').where('id', '=', ingestionId).execute();
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
      select ${id}, index, ${this.db.teamId()!}, first_row, row_count, inputs, ground_truths,
        visuals
      from jsonb_to_recordset(${jsonb(rows)}) as s(index int, first_row int, row_count int, inputs jsonb,
        ground_truths jsonb, visuals jsonb)`.execute(this.db.tx());
  }
}
