import { Inject, Injectable } from '@nestjs/common';
import { enumField } from '@noema/contracts';
import { NeighborMethodSchema } from '@noema/contracts/noema/similarity/v1/neighbor_graph';
import { type ArtifactRef, JOB_STATE_FIELD, type Page, type PageQuery } from '@noema/kernel';
import { Database, jsonb, type PageField, ResourceRepository } from '@noema/postgres';
import type { NeighborGraphRecord, NeighborMethod } from './neighbor-graph.js';
import type { ActivationSet } from '../activation-set/activation-set.js';
import { type NeighborGraphRow, type SimilaritySchema, toRef, toResource, whereSet } from '../schema.js';
import type { SetFilter } from '../vector-index/vector-index.js';

const FIELDS: Readonly<Record<string, PageField>> = {
  state: { column: 'state', type: JOB_STATE_FIELD },
  k: { column: 'k', type: 'number' },
  method: { column: 'method', type: enumField(NeighborMethodSchema) },
  create_time: { column: 'created_at', type: 'timestamp' },
};

export interface NewGraph {
  readonly id: string;
  readonly set: ActivationSet;
  readonly k: number;
  readonly method: NeighborMethod;
  readonly jobId: string;
}

/** Stores neighbour graphs in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class NeighborGraphRepository extends ResourceRepository<NeighborGraphRow, NeighborGraphRecord> {
  declare protected readonly db: Database<SimilaritySchema>;

  constructor(@Inject(Database) db: Database<SimilaritySchema>) {
    super(db, { table: 'neighbor_graph', view: 'neighbor_graph_view', fields: FIELDS });
  }

  async insert({ id, set, k, method, jobId }: NewGraph): Promise<void> {
    await this.insertRow({
      id,
      project_id: set.projectId,
      activation_set_id: set.id,
      job_id: jobId,
      sample_count: set.sampleCount,
      k,
      method,
    });
  }

  async findBySet(activationSetId: string): Promise<NeighborGraphRecord | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('neighbor_graph_view')
      .selectAll()
      .where('activation_set_id', '=', activationSetId)
      .executeTakeFirst();
    return row && this.toResource(row);
  }

  complete(
    id: string,
    {
      recall,
      medianDistance,
      artifact,
    }: { readonly recall: number; readonly medianDistance: number; readonly artifact: ArtifactRef },
  ): Promise<void> {
    return this.updateRow(id, { recall, median_distance: medianDistance, artifact: jsonb(artifact) });
  }

  list({ projectId, activationSetId }: SetFilter, query: PageQuery): Promise<Page<NeighborGraphRecord>> {
    return this.selectPage(whereSet(projectId, activationSetId), query);
  }

  protected toResource(row: NeighborGraphRow): NeighborGraphRecord {
    return {
      ...toResource(row),
      projectId: row.project_id,
      activationSetId: row.activation_set_id,
      sampleCount: row.sample_count,
      k: row.k,
      method: row.method,
      recall: row.recall,
      medianDistance: row.median_distance,
      artifact: toRef(row.artifact),
    };
  }
}
