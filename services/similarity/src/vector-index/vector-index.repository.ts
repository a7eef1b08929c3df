import { Inject, Injectable } from '@nestjs/common';
import { type ArtifactRef, hasEnded, JOB_STATE_FIELD, type Page, type PageQuery } from '@noema/kernel';
import { Database, jsonb, type PageField, ResourceRepository } from '@noema/postgres';
import { sql } from 'kysely';
import type { RowMask } from '../activation-set/row-mask.js';
import type { ActivationSet } from '../activation-set/activation-set.js';
import { INDEX_KINDS, type MeasuredRecall, type SetFilter, type VectorIndex } from './vector-index.js';
import {
  QUEUED,
  type SimilaritySchema,
  toRef,
  toResource,
  type VectorIndexRow,
  whereSet,
} from '../schema.js';

const FIELDS: Readonly<Record<string, PageField>> = {
  kind: { column: 'kind', type: { prefix: 'INDEX_KIND', values: INDEX_KINDS } },
  state: { column: 'state', type: JOB_STATE_FIELD },
  recall: { column: 'recall', type: 'number' },
  create_time: { column: 'created_at', type: 'timestamp' },
};

export interface NewIndex {
  readonly id: string;
  readonly set: ActivationSet;
  readonly kind: string;
  readonly params: Readonly<Record<string, number>>;
  readonly jobId: string;
}

/** Stores indexes in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class VectorIndexRepository extends ResourceRepository<VectorIndexRow, VectorIndex> {
  declare protected readonly db: Database<SimilaritySchema>;

  constructor(@Inject(Database) db: Database<SimilaritySchema>) {
    super(db, { table: 'vector_index', view: 'vector_index_view', fields: FIELDS });
  }

  /** Returns the stored index. */
  async insert({ id, set, kind, params, jobId }: NewIndex): Promise<VectorIndex> {
    const row = await this.insertRow({
      id,
      project_id: set.projectId,
      activation_set_id: set.id,
      kind,
      params: jsonb(params),
      job_id: jobId,
      sample_count: set.sampleCount,
      dimensions: set.dimensions,
    });
    return this.toResource({ ...row, ...QUEUED, compaction_state: null });
  }

  list({ projectId, activationSetId }: SetFilter, query: PageQuery): Promise<Page<VectorIndex>> {
    return this.selectPage(whereSet(projectId, activationSetId), query);
  }

  /** The ready index of a kind with these or any settings, or else the newest. */
  async findBySet(
    activationSetId: string,
    kind: string,
    params?: Readonly<Record<string, number>>,
  ): Promise<VectorIndex | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('vector_index_view')
      .selectAll()
      .where('activation_set_id', '=', activationSetId)
      .where('kind', '=', kind)
      .$if(params !== undefined, (query) => query.where('params', '=', jsonb(params)))
      .orderBy((is) => is('state', '=', 'succeeded'), 'desc')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row && this.toResource(row);
  }

  /** All indexes of a set. */
  async ofSet(activationSetId: string): Promise<readonly VectorIndex[]> {
    const rows = await this.db
      .tx()
      .selectFrom('vector_index_view')
      .selectAll()
      .where('activation_set_id', '=', activationSetId)
      .orderBy('id')
      .execute();
    return rows.map((row) => this.toResource(row));
  }

  /**
   * Makes an index visible. Recalls of other settings, which were measured of what it was before, are
   * forgotten.
   */
  complete(
    id: string,
    {
      recall,
      artifact,
      leftOut,
    }: { recall: number; artifact: ArtifactRef | undefined; leftOut: RowMask | undefined },
  ): Promise<void> {
    return this.updateRow(id, {
      recall,
      recalls: jsonb([]),
      artifact: jsonb(artifact),
      left_out: leftOut === undefined ? null : Buffer.from(leftOut),
    });
  }

  async addRecall(id: string, measured: MeasuredRecall): Promise<void> {
    await this.db
      .tx()
      .updateTable('vector_index')
      .set({ recalls: sql`recalls || ${jsonb([measured])}` })
      .where('id', '=', id)
      .execute();
  }

  /** Stores which job builds the index again. */
  compactedBy(id: string, jobId: string): Promise<void> {
    return this.updateRow(id, { compaction_job_id: jobId });
  }

  protected toResource(row: VectorIndexRow): VectorIndex {
    return {
      ...toResource(row),
      projectId: row.project_id,
      activationSetId: row.activation_set_id,
      kind: row.kind,
      params: row.params,
      sampleCount: row.sample_count,
      dimensions: row.dimensions,
      recall: row.recall,
      artifact: toRef(row.artifact),
      recalls: row.recalls,
      leftOut: row.left_out ?? undefined,
      compactionJobId: row.compaction_job_id ?? '',
      isCompacting: row.compaction_state !== null && !hasEnded(row.compaction_state),
    };
  }
}
