import type { ArtifactRef } from '@noema/kernel';
import { type AnyDatabase, jsonb } from '@noema/postgres';
import { sql } from 'kysely';
import type { GraphRepository } from '../domain/exploration.ports.js';
import type { GraphRecord } from '../domain/neighbor-graph.js';

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
}

const toGraph = (row: Row): GraphRecord => ({
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
});

export class PostgresGraphs implements GraphRepository {
  constructor(private readonly db: AnyDatabase) {}

  async save(g: GraphRecord): Promise<void> {
    await sql`
      insert into neighbor_graph (id, team_id, project_id, activation_set_id, run_id, epoch,
        dataset_version_id, perception_space_id, sample_count, k, artifact, vectors, evaluation)
      values (${g.id}, ${g.teamId}, ${g.projectId}, ${g.activationSetId}, ${g.runId}, ${g.epoch},
        ${g.datasetVersionId}, ${g.perceptionSpaceId}, ${g.sampleCount}, ${g.k},
        ${jsonb(g.artifact)}, ${jsonb(g.vectors)}, ${jsonb(g.evaluation)})
      on conflict do nothing`.execute(this.db.tx());
  }

  async find(id: string): Promise<GraphRecord | undefined> {
    const { rows } = await sql<Row>`select * from neighbor_graph where id = ${id}`.execute(this.db.tx());
    return rows[0] && toGraph(rows[0]);
  }

  async findOf(activationSetId: string): Promise<GraphRecord | undefined> {
    const { rows } =
      await sql<Row>`select * from neighbor_graph where activation_set_id = ${activationSetId}`.execute(
        this.db.tx(),
      );
    return rows[0] && toGraph(rows[0]);
  }
}
