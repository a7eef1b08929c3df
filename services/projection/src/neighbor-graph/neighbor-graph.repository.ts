import { Inject, Injectable } from '@nestjs/common';
import { Database, jsonb, ResourceRepository } from '@noema/postgres';
import type { NeighborGraphTable, ProjectionSchema } from '../schema.js';
import type { NeighborGraphRecord } from './neighbor-graph.js';

/** Stores announced graphs in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class NeighborGraphRepository extends ResourceRepository<NeighborGraphTable, NeighborGraphRecord> {
  declare protected readonly db: Database<ProjectionSchema>;

  constructor(@Inject(Database) db: Database<ProjectionSchema>) {
    super(db, { table: 'neighbor_graph', fields: {} });
  }

  /** Stores a graph, unless it is stored already. */
  async save(graph: NeighborGraphRecord): Promise<void> {
    await this.db
      .tx()
      .insertInto('neighbor_graph')
      .values({
        id: graph.id,
        team_id: graph.teamId,
        project_id: graph.projectId,
        activation_set_id: graph.activationSetId,
        run_id: graph.runId,
        epoch: graph.epoch,
        dataset_version_id: graph.datasetVersionId,
        perception_space_id: graph.perceptionSpaceId,
        sample_count: graph.sampleCount,
        k: graph.k,
        artifact: jsonb(graph.artifact),
        vectors: jsonb(graph.vectors),
        evaluation: jsonb(graph.evaluation),
        branch: graph.branch,
        branch_start: graph.branchStart,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /** True for a graph whose epoch a later branch of its run has replaced, as far as its graphs are known. */
  async isReplaced({ runId, epoch, branch }: NeighborGraphRecord): Promise<boolean> {
    const row = await this.db
      .tx()
      .selectFrom('neighbor_graph')
      .select('id')
      .where('run_id', '=', runId)
      .where('branch', '>', branch)
      .where('branch_start', '<=', epoch)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  /**
   * Deletes the graphs of epochs that the branch of a graph has replaced, with their maps, and returns the ids of the
   * jobs that make these.
   */
  async deleteReplaced({ runId, branch, branchStart }: NeighborGraphRecord): Promise<string[]> {
    const tx = this.db.tx();
    const replaced = tx
      .selectFrom('neighbor_graph')
      .select('id')
      .where('run_id', '=', runId)
      .where('epoch', '>=', branchStart)
      .where('branch', '<', branch);
    const rows = await tx
      .selectFrom('exploration')
      .select('job_id')
      .where('neighbor_graph_id', 'in', replaced)
      .where('job_id', 'is not', null)
      .$narrowType<{ job_id: string }>()
      .execute();
    await tx.deleteFrom('neighbor_graph').where('id', 'in', replaced).execute();
    return rows.map(({ job_id }) => job_id);
  }

  async findBySet(activationSetId: string): Promise<NeighborGraphRecord | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('neighbor_graph')
      .selectAll()
      .where('activation_set_id', '=', activationSetId)
      .executeTakeFirst();
    return row && this.toResource(row);
  }

  protected toResource(row: NeighborGraphTable): NeighborGraphRecord {
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
