import { enumField } from '@noema/contracts';
import { AlgorithmSchema } from '@noema/contracts/noema/projection/v1/exploration';
import { type ArtifactRef, JOB_STATE_FIELD, mapPage, type Page, type PageQuery } from '@noema/kernel';
import { type AnyDatabase, jsonb, selectPage } from '@noema/postgres';
import { sql } from 'kysely';
import type { Exploration, MapInfo, PlacedSamples } from '../domain/exploration.js';
import type {
  ExplorationFilter,
  ExplorationRepository,
  Line,
  NewExploration,
  NewProjection,
} from '../domain/exploration.ports.js';
import { type ExplorationRow, toExploration } from './schema.js';

const FIELDS = {
  state: { column: 'state', type: JOB_STATE_FIELD },
  method: { column: 'algorithm', type: 'string' },
  algorithm: { column: 'algorithm', type: enumField(AlgorithmSchema) },
  epoch: { column: 'epoch', type: 'number' },
  automatic: { column: 'automatic', type: 'boolean' },
  dimensions: { column: 'dimensions', type: 'number' },
  perception_space_id: { column: 'perception_space_id', type: 'string' },
  create_time: { column: 'created_at', type: 'timestamp' },
} as const;

export class PostgresExplorations implements ExplorationRepository {
  constructor(private readonly db: AnyDatabase) {}

  async insert(e: NewExploration): Promise<void> {
    const { graph } = e;
    await sql`
      insert into exploration (id, team_id, project_id, neighbor_graph_id, activation_set_id, run_id, epoch,
        dataset_version_id, perception_space_id,
        algorithm, params, dimensions, seed, aligned_to, automatic, cluster_count, cluster_method,
          min_cluster_size, measures, point_count)
      values (${e.id}, ${graph.teamId}, ${graph.projectId}, ${graph.id}, ${graph.activationSetId},
        ${graph.runId}, ${graph.epoch}, ${graph.datasetVersionId},
        ${graph.perceptionSpaceId}, ${e.algorithm}, ${jsonb(e.params)}, ${e.dimensions}, ${e.seed ?? null},
          ${e.alignedTo ?? null},
        ${e.automatic}, ${e.clusterCount}, ${e.clusterMethod}, ${e.minClusterSize}, ${jsonb(e.measures)},
          ${graph.sampleCount})`.execute(this.db.tx());
  }

  async insertProjection(teamId: string, { id, onto: e, placed }: NewProjection): Promise<void> {
    await sql`
      insert into exploration (id, team_id, project_id, neighbor_graph_id, activation_set_id, run_id, epoch,
        dataset_version_id, perception_space_id,
        algorithm, params, dimensions, seed, automatic, cluster_count, cluster_method, min_cluster_size,
          measures, point_count, projected_onto, placed)
      values (${id}, ${teamId}, ${e.projectId}, ${e.neighborGraphId}, ${e.activationSetId}, ${e.runId},
        ${e.epoch}, ${e.datasetVersionId}, ${e.perceptionSpaceId},
        ${e.algorithm}, ${jsonb(e.params)}, ${e.dimensions}, ${e.seed ?? null}, false, ${e.clusterCount},
          ${e.clusterMethod}, ${e.minClusterSize}, ${jsonb(e.measures)},
        ${placed.firstRow + placed.sampleCount}, ${e.id}, ${jsonb(placed)})`.execute(this.db.tx());
  }

  async lockProjection(onto: string, activationSetId: string): Promise<void> {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`${onto}/${activationSetId}`}, 0))`.execute(
      this.db.tx(),
    );
  }

  findProjection(onto: string, activationSetId: string): Promise<Exploration | undefined> {
    return this.one(
      sql`projected_onto = ${onto} and placed->>'activationSetId' = ${activationSetId} order by id desc limit 1`,
    );
  }

  find(id: string): Promise<Exploration | undefined> {
    return this.one(sql`id = ${id}`);
  }

  findByJob(jobId: string): Promise<Exploration | undefined> {
    return this.one(sql`job_id = ${jobId}`);
  }

  findAutomatic({ runId, perceptionSpaceId }: Line, epoch: number): Promise<Exploration | undefined> {
    return this.one(
      sql`automatic and run_id = ${runId} and perception_space_id = ${perceptionSpaceId} and epoch = ${epoch}`,
    );
  }

  async lockLine({ runId, perceptionSpaceId }: Line): Promise<void> {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`${runId}/${perceptionSpaceId}`}, 0))`.execute(
      this.db.tx(),
    );
  }

  async begin(id: string, jobId: string, alignedTo: string | undefined): Promise<void> {
    await sql`update exploration set job_id = ${jobId}, aligned_to = ${alignedTo ?? null} where id = ${id}`.execute(
      this.db.tx(),
    );
  }

  async show(id: string, preview: ArtifactRef): Promise<void> {
    await sql`update exploration set preview = ${jsonb(preview)} where id = ${id} and points is null`.execute(
      this.db.tx(),
    );
  }

  async complete(id: string, f: MapInfo, placed?: PlacedSamples): Promise<void> {
    await sql`
      update exploration set seed = ${f.seed}, trust = ${jsonb(f.trust)}, clusters = ${jsonb(f.clusters)},
        clustering = ${f.clustering === undefined ? null : jsonb(f.clustering)}, noise_count =
          ${f.noiseCount},
        class_neighbors = ${jsonb(f.classNeighbors)}, class_names = ${jsonb(f.classNames)}, mean_movement =
          ${f.meanMovement},
        points = ${jsonb(f.points)}, preview = null, seconds = ${f.seconds}, placed =
          ${placed === undefined ? null : jsonb(placed)}
      where id = ${id}`.execute(this.db.tx());
  }

  async remove(id: string): Promise<boolean> {
    const { rows } = await sql`delete from exploration where id = ${id} returning id`.execute(this.db.tx());
    return rows.length > 0;
  }

  async page(
    { projectId, runId, activationSetId, epoch, projectedOnto }: ExplorationFilter,
    query: PageQuery,
  ): Promise<Page<Exploration>> {
    return mapPage(
      await selectPage<ExplorationRow>(this.db, {
        table: 'exploration_view',
        fields: FIELDS,
        query,
        where: {
          project_id: projectId,
          "coalesce(projected_onto::text, '')": projectedOnto,
          ...(runId !== '' && { run_id: runId }),
          ...(activationSetId !== '' && { 'activation_set_id::text': activationSetId }),
          ...(epoch !== undefined && { epoch }),
        },
      }),
      toExploration,
    );
  }

  private async one(condition: ReturnType<typeof sql>): Promise<Exploration | undefined> {
    const { rows } = await sql<ExplorationRow>`select * from exploration_view where ${condition}`.execute(
      this.db.tx(),
    );
    return rows[0] && toExploration(rows[0]);
  }
}
