import { Inject, Injectable } from '@nestjs/common';
import { enumField } from '@noema/contracts';
import { NeighborMethodSchema } from '@noema/contracts/noema/similarity/v1/neighbor_graph';
import { type ArtifactRef, JOB_STATE_FIELD, mapPage, type Page, type PageQuery } from '@noema/kernel';
import { Database, jsonb, selectPage } from '@noema/postgres';
import { sql } from 'kysely';
import type { NeighborGraphRecord, NeighborMethod } from './neighbor-graph.js';
import type { ActivationSet } from '../activation-set/activation-set.js';
import { type JobColumns, refOf, toResource } from '../schema.js';
import type { SetFilter } from '../vector-index/vector-index.js';

interface Row extends JobColumns {
  readonly project_id: string;
  readonly activation_set_id: string;
  readonly sample_count: number;
  readonly k: number;
  readonly method: NeighborMethod;
  readonly recall: number;
  readonly median_distance: number;
  readonly artifact: ArtifactRef | null;
}

const toGraph = (row: Row): NeighborGraphRecord => ({
  ...toResource(row),
  projectId: row.project_id,
  activationSetId: row.activation_set_id,
  sampleCount: row.sample_count,
  k: row.k,
  method: row.method,
  recall: row.recall,
  medianDistance: row.median_distance,
  artifact: refOf(row.artifact),
});

export interface NewGraph {
  readonly id: string;
  readonly set: ActivationSet;
  readonly k: number;
  readonly method: NeighborMethod;
  readonly jobId: string;
}

/** Stores neighbour graphs in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class NeighborGraphRepository {
  constructor(@Inject(Database) private readonly db: Database<unknown>) {}

  async insert({ id, set, k, method, jobId }: NewGraph): Promise<void> {
    await sql`
      insert into neighbor_graph (id, team_id, project_id, activation_set_id, job_id, sample_count, k, method)
      values (${id}, ${set.teamId}, ${set.projectId}, ${set.id}, ${jobId}, ${set.sampleCount}, ${k},
        ${method})`.execute(this.db.tx());
  }

  async find(id: string): Promise<NeighborGraphRecord | undefined> {
    const { rows } = await sql<Row>`select * from neighbor_graph_view where id = ${id}`.execute(this.db.tx());
    return rows[0] && toGraph(rows[0]);
  }

  async findOf(activationSetId: string): Promise<NeighborGraphRecord | undefined> {
    const { rows } =
      await sql<Row>`select * from neighbor_graph_view where activation_set_id = ${activationSetId}`.execute(
        this.db.tx(),
      );
    return rows[0] && toGraph(rows[0]);
  }

  async complete(
    id: string,
    facts: { readonly recall: number; readonly medianDistance: number; readonly artifact: ArtifactRef },
  ): Promise<void> {
    await sql`
      update neighbor_graph set recall = ${facts.recall}, median_distance = ${facts.medianDistance}, artifact
        = ${jsonb(facts.artifact)}
      where id = ${id}`.execute(this.db.tx());
  }

  async list(
    { projectId, activationSetId }: SetFilter,
    query: PageQuery,
  ): Promise<Page<NeighborGraphRecord>> {
    const page = await selectPage<Row>(this.db, {
      table: 'neighbor_graph_view',
      query,
      where: {
        project_id: projectId,
        ...(activationSetId !== '' && { 'activation_set_id::text': activationSetId }),
      },
      fields: {
        state: { column: 'state', type: JOB_STATE_FIELD },
        k: { column: 'k', type: 'number' },
        method: { column: 'method', type: enumField(NeighborMethodSchema) },
        create_time: { column: 'created_at', type: 'timestamp' },
      },
    });
    return mapPage(page, toGraph);
  }
}
