import { Inject, Injectable } from '@nestjs/common';
import type { ArtifactRef } from '@noema/kernel';
import { Database, jsonb, ResourceRepository } from '@noema/postgres';
import { sql } from 'kysely';
import type { NeighborGraphRecord } from './neighbor-graph.js';

interface Row {
  readonly id: string;
  readonly team_id: string;
  readonly project_id: string;
  readonly activation_set_id: string;
  readonly run_id: string;
  readonly epoch: number;
  readonly dataset_version_id: string;
  readonly perception_space_id: string;
  readonly sample_count: number;
  readonly k: number;
  readonly artifact: ArtifactRef;
  readonly vectors: ArtifactRef[];
  readonly evaluation: ArtifactRef | null;
  readonly branch: number;
  readonly branch_start: number;
}

/** Stores announced graphs in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class NeighborGraphRepository extends ResourceRepository<Row, NeighborGraphRecord> {
  constructor(@Inject(Database) db: Database<unknown>) {
    super(db, { table: 'neighbor_graph', fields: {} });
  }

  /** Stores a graph, unless it is stored already. */
  async save(graph: NeighborGraphRecord): Promise<void> {
    await sql`
      insert into neighbor_graph (id, team_id, project_id, activation_set_id, run_id, epoch,
        dataset_version_id, perception_space_id, sample_count, k, artifact, vectors, evaluation, branch,
        branch_start)
      values (${graph.id}, ${graph.teamId}, ${graph.projectId}, ${graph.activationSetId}, ${graph.runId},
        ${graph.epoch}, ${graph.datasetVersionId}, ${graph.perceptionSpaceId}, ${graph.sampleCount}, ${graph.k},
        ${jsonb(graph.artifact)}, ${jsonb(graph.vectors)}, ${jsonb(graph.evaluation)}, ${graph.branch},
        ${graph.branchStart})
      on conflict do nothing`.execute(this.db.tx());
  }

  /** True for a graph whose epoch a later branch of its run has replaced, as far as its graphs are known. */
  async isReplaced({ runId, epoch, branch }: NeighborGraphRecord): Promise<boolean> {
    const { rows } = await sql`
      select 1 from neighbor_graph
      where run_id = ${runId} and branch > ${branch} and branch_start <= ${epoch} limit 1`.execute(
      this.db.tx(),
    );
    return rows.length > 0;
  }

  /**
   * Deletes the graphs of epochs that the branch of a graph has replaced, with their maps, and returns the ids of the
   * jobs that make these.
   */
  async deleteReplaced({ runId, branch, branchStart }: NeighborGraphRecord): Promise<string[]> {
    const replaced = sql`
      select id from neighbor_graph
      where run_id = ${runId} and epoch >= ${branchStart} and branch < ${branch}`;
    const { rows } = await sql<{ job_id: string }>`
      select job_id from exploration where neighbor_graph_id in (${replaced}) and job_id is not null`.execute(
      this.db.tx(),
    );
    await sql`delete from neighbor_graph where id in (${replaced})`.execute(this.db.tx());
    return rows.map(({ job_id }) => job_id);
  }

  async findOf(activationSetId: string): Promise<NeighborGraphRecord | undefined> {
    const { rows } =
      await sql<Row>`select * from neighbor_graph where activation_set_id = ${activationSetId}`.execute(
        this.db.tx(),
      );
    return rows[0] && this.toResource(rows[0]);
  }

  protected toResource(row: Row): NeighborGraphRecord {
    return {
      id: row.id,
      teamId: row.team_id,
      projectId: row.project_id,
      activationSetId: row.activation_set_id,
      runId: row.run_id,
      epoch: row.epoch,
      datasetVersionId: row.dataset_version_id,
      perceptionSpaceId: row.perception_space_id,
      sampleCount: row.sample_count,
      k: row.k,
      artifact: row.artifact,
      vectors: row.vectors,
      evaluation: row.evaluation ?? undefined,
      branch: row.branch,
      branchStart: row.branch_start,
    };
  }
}
