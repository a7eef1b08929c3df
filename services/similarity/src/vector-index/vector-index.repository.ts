import { Inject, Injectable } from '@nestjs/common';
import { enumField } from '@noema/contracts';
import { IndexKindSchema } from '@noema/contracts/noema/similarity/v1/index';
import {
  type ArtifactRef,
  hasEnded,
  JOB_STATE_FIELD,
  type JobState,
  mapPage,
  type Page,
  type PageQuery,
} from '@noema/kernel';
import { Database, jsonb, selectPage } from '@noema/postgres';
import { sql } from 'kysely';
import type { RowMask } from '../activation-set/row-mask.js';
import type { ActivationSet } from '../activation-set/activation-set.js';
import type { IndexKind, MeasuredRecall, SetFilter, VectorIndex } from './vector-index.js';
import { type JobColumns, refOf, toResource } from '../schema.js';

interface Row extends JobColumns {
  readonly project_id: string;
  readonly activation_set_id: string;
  readonly kind: IndexKind;
  readonly params: Record<string, number>;
  readonly sample_count: number;
  readonly dimensions: number;
  readonly recall: number;
  readonly artifact: ArtifactRef | null;
  readonly recalls: readonly MeasuredRecall[];
  readonly left_out: Uint8Array | null;
  readonly compaction_job_id: string | null;
  readonly compaction_state: JobState | null;
}

const toIndex = (row: Row): VectorIndex => ({
  ...toResource(row),
  projectId: row.project_id,
  activationSetId: row.activation_set_id,
  kind: row.kind,
  params: row.params,
  sampleCount: row.sample_count,
  dimensions: row.dimensions,
  recall: row.recall,
  artifact: refOf(row.artifact),
  recalls: row.recalls,
  leftOut: row.left_out ?? undefined,
  compactionJobId: row.compaction_job_id ?? '',
  isCompacting: row.compaction_state !== null && !hasEnded(row.compaction_state),
});

export interface NewIndex {
  readonly id: string;
  readonly set: ActivationSet;
  readonly kind: IndexKind;
  readonly params: Readonly<Record<string, number>>;
  readonly jobId: string;
}

/** Stores indexes in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class VectorIndexRepository {
  constructor(@Inject(Database) private readonly db: Database<unknown>) {}

  /** Returns the stored index. */
  async insert({ id, set, kind, params, jobId }: NewIndex): Promise<VectorIndex> {
    await sql`
      insert into vector_index (id, team_id, project_id, activation_set_id, kind, params, job_id,
        sample_count, dimensions)
      values (${id}, ${set.teamId}, ${set.projectId}, ${set.id}, ${kind}, ${jsonb(params)}, ${jobId},
        ${set.sampleCount}, ${set.dimensions})`.execute(this.db.tx());
    return (await this.find(id))!;
  }

  async find(id: string): Promise<VectorIndex | undefined> {
    const { rows } = await sql<Row>`select * from vector_index_view where id = ${id}`.execute(this.db.tx());
    return rows[0] && toIndex(rows[0]);
  }

  /** The ready index of a kind with these or any settings, or else the newest. */
  async findOf(
    activationSetId: string,
    kind: IndexKind,
    params?: Readonly<Record<string, number>>,
  ): Promise<VectorIndex | undefined> {
    const { rows } = await sql<Row>`
      select * from vector_index_view where activation_set_id = ${activationSetId} and kind = ${kind}
        and (${jsonb(params)} is null or params = ${jsonb(params)})
      order by state = 'succeeded' desc, id desc limit 1`.execute(this.db.tx());
    return rows[0] && toIndex(rows[0]);
  }

  /** All indexes of a set. */
  async ofSet(activationSetId: string): Promise<readonly VectorIndex[]> {
    const { rows } =
      await sql<Row>`select * from vector_index_view where activation_set_id = ${activationSetId} order by id`.execute(
        this.db.tx(),
      );
    return rows.map(toIndex);
  }

  /**
   * Makes an index visible. Recalls of other settings, which were measured of what it was before, are
   * forgotten.
   */
  async complete(
    id: string,
    {
      recall,
      artifact,
      leftOut,
    }: { recall: number; artifact: ArtifactRef | undefined; leftOut: RowMask | undefined },
  ): Promise<void> {
    await sql`
      update vector_index set recall = ${recall}, recalls = '[]', artifact = ${jsonb(artifact)}, left_out =
        ${leftOut === undefined ? null : Buffer.from(leftOut)}
      where id = ${id}`.execute(this.db.tx());
  }

  async addRecall(id: string, measured: MeasuredRecall): Promise<void> {
    await sql`update vector_index set recalls = recalls || ${jsonb([measured])} where id = ${id}`.execute(
      this.db.tx(),
    );
  }

  /** Stores which job builds the index again. */
  async compactedBy(id: string, jobId: string): Promise<void> {
    await sql`update vector_index set compaction_job_id = ${jobId} where id = ${id}`.execute(this.db.tx());
  }

  /** Returns false for an index that does not exist. */
  async delete(id: string): Promise<boolean> {
    const { rows } = await sql`delete from vector_index where id = ${id} returning id`.execute(this.db.tx());
    return rows.length > 0;
  }

  async list({ projectId, activationSetId }: SetFilter, query: PageQuery): Promise<Page<VectorIndex>> {
    const page = await selectPage<Row>(this.db, {
      table: 'vector_index_view',
      query,
      where: {
        project_id: projectId,
        ...(activationSetId !== '' && { 'activation_set_id::text': activationSetId }),
      },
      fields: {
        kind: { column: 'kind', type: enumField(IndexKindSchema) },
        state: { column: 'state', type: JOB_STATE_FIELD },
        recall: { column: 'recall', type: 'number' },
        create_time: { column: 'created_at', type: 'timestamp' },
      },
    });
    return mapPage(page, toIndex);
  }
}
