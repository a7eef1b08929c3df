import { Inject, Injectable } from '@nestjs/common';
import { enumField } from '@noema/contracts';
import { AlgorithmSchema } from '@noema/contracts/noema/projection/v1/exploration';
import { type ArtifactRef, findOrThrow, JOB_STATE_FIELD, type Page, type PageQuery } from '@noema/kernel';
import { Database, jsonb, type PageField, ResourceRepository } from '@noema/postgres';
import { sql } from 'kysely';
import type { NeighborGraphRecord } from '../neighbor-graph/neighbor-graph.js';
import type { Exploration, Line, MapInfo, Measures, PlacedSamples } from './exploration.js';
import { explorationNotFound } from './exploration.errors.js';
import { type ExplorationRow, toExploration } from './exploration-row.js';
import type { ProjectionSchema } from '../schema.js';

const FIELDS: Readonly<Record<string, PageField>> = {
  state: { column: 'state', type: JOB_STATE_FIELD },
  method: { column: 'algorithm', type: 'string' },
  algorithm: { column: 'algorithm', type: enumField(AlgorithmSchema) },
  epoch: { column: 'epoch', type: 'number' },
  automatic: { column: 'automatic', type: 'boolean' },
  dimensions: { column: 'dimensions', type: 'number' },
  perception_space_id: { column: 'perception_space_id', type: 'string' },
  create_time: { column: 'created_at', type: 'timestamp' },
};

export interface NewExploration {
  readonly id: string;
  readonly graph: NeighborGraphRecord;
  readonly algorithm: string;
  readonly params: Readonly<Record<string, number | string>>;
  readonly dimensions: 2 | 3;
  readonly seed: number | undefined;
  readonly alignedTo: string | undefined;
  readonly automatic: boolean;
  readonly clusterCount: number;
  readonly clusterMethod: string;
  readonly minClusterSize: number;
  readonly measures: Measures;
}

/** A map with other data in it, to be made: like the stored one, with more points. */
export interface NewProjection {
  readonly id: string;
  readonly onto: Exploration;
  readonly placed: PlacedSamples;
}

export interface ExplorationFilter {
  readonly projectId: string;
  readonly runId: string;
  readonly activationSetId: string;
  readonly epoch: number | undefined;
  /** Empty for the maps of their sets alone. */
  readonly projectedOnto: string;
}

/** Stores explorations in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class ExplorationRepository extends ResourceRepository<ExplorationRow, Exploration> {
  declare protected readonly db: Database<ProjectionSchema>;

  constructor(@Inject(Database) db: Database<ProjectionSchema>) {
    super(db, { table: 'exploration', view: 'exploration_view', fields: FIELDS });
  }

  async insert(exploration: NewExploration): Promise<void> {
    const { id, graph, algorithm, params, dimensions, seed, alignedTo, automatic } = exploration;
    await this.insertRow({
      id,
      project_id: graph.projectId,
      neighbor_graph_id: graph.id,
      activation_set_id: graph.activationSetId,
      run_id: graph.runId,
      epoch: graph.epoch,
      dataset_version_id: graph.datasetVersionId,
      perception_space_id: graph.perceptionSpaceId,
      algorithm,
      params: jsonb(params),
      dimensions,
      seed,
      aligned_to: alignedTo,
      automatic,
      cluster_count: exploration.clusterCount,
      cluster_method: exploration.clusterMethod,
      min_cluster_size: exploration.minClusterSize,
      measures: jsonb(exploration.measures),
      point_count: graph.sampleCount,
    });
  }

  async insertProjection({ id, onto, placed }: NewProjection): Promise<void> {
    await this.insertRow({
      id,
      project_id: onto.projectId,
      neighbor_graph_id: onto.neighborGraphId,
      activation_set_id: onto.activationSetId,
      run_id: onto.runId,
      epoch: onto.epoch,
      dataset_version_id: onto.datasetVersionId,
      perception_space_id: onto.perceptionSpaceId,
      algorithm: onto.algorithm,
      params: jsonb(onto.params),
      dimensions: onto.dimensions,
      seed: onto.seed,
      automatic: false,
      cluster_count: onto.clusterCount,
      cluster_method: onto.clusterMethod,
      min_cluster_size: onto.minClusterSize,
      measures: jsonb(onto.measures),
      point_count: placed.firstRow + placed.sampleCount,
      projected_onto: onto.id,
      placed: jsonb(placed),
    });
  }

  /** Serialises the requests for a set's samples in a stored map, until the transaction ends. */
  lockProjection(onto: string, activationSetId: string): Promise<void> {
    return this.lock(`${onto}/${activationSetId}`);
  }

  /** Finds the newest map of a set's samples in a stored map. */
  async findProjection(onto: string, activationSetId: string): Promise<Exploration | undefined> {
    const row = await this.select()
      .where('projected_onto', '=', onto)
      .where(sql`placed->>'activationSetId'`, '=', activationSetId)
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row && toExploration(row);
  }

  async findByJob(jobId: string): Promise<Exploration | undefined> {
    const row = await this.select().where('job_id', '=', jobId).executeTakeFirst();
    return row && toExploration(row);
  }

  /** Finds the map that was made after an epoch without a request. */
  async findAutomatic({ runId, perceptionSpaceId }: Line, epoch: number): Promise<Exploration | undefined> {
    const row = await this.select()
      .where('automatic', '=', true)
      .where('run_id', '=', runId)
      .where('perception_space_id', '=', perceptionSpaceId)
      .where('epoch', '=', epoch)
      .executeTakeFirst();
    return row && toExploration(row);
  }

  /** Serialises what decides about the order of a line's maps, until the transaction ends. */
  lockLine({ runId, perceptionSpaceId }: Line): Promise<void> {
    return this.lock(`${runId}/${perceptionSpaceId}`);
  }

  /** Stores the job that makes a map, and the map that it starts from. Throws `not-found`. */
  async begin(id: string, jobId: string, alignedTo: string | undefined): Promise<Exploration> {
    await this.updateRow(id, { job_id: jobId, aligned_to: alignedTo ?? null });
    return findOrThrow(this, id, explorationNotFound);
  }

  /** Names the layout so far, unless the map is made already. */
  async show(id: string, preview: ArtifactRef): Promise<void> {
    await this.db
      .tx()
      .updateTable('exploration')
      .set({ preview: jsonb(preview) })
      .where('id', '=', id)
      .where('points', 'is', null)
      .execute();
  }

  complete(id: string, info: MapInfo, placed?: PlacedSamples): Promise<void> {
    return this.updateRow(id, {
      seed: info.seed,
      trust: jsonb(info.trust),
      clusters: jsonb(info.clusters),
      clustering: jsonb(info.clustering),
      noise_count: info.noiseCount,
      class_neighbors: jsonb(info.classNeighbors),
      class_names: jsonb(info.classNames),
      mean_movement: info.meanMovement,
      points: jsonb(info.points),
      preview: null,
      seconds: info.seconds,
      placed: jsonb(placed),
    });
  }

  list(
    { projectId, runId, activationSetId, epoch, projectedOnto }: ExplorationFilter,
    query: PageQuery,
  ): Promise<Page<Exploration>> {
    return this.selectPage(
      {
        project_id: projectId,
        "coalesce(projected_onto::text, '')": projectedOnto,
        ...(runId !== '' && { run_id: runId }),
        ...(activationSetId !== '' && { 'activation_set_id::text': activationSetId }),
        ...(epoch !== undefined && { epoch }),
      },
      query,
    );
  }

  protected toResource(row: ExplorationRow): Exploration {
    return toExploration(row);
  }

  private async lock(key: string): Promise<void> {
    await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(this.db.tx());
  }

  private select() {
    return this.db.tx().selectFrom('exploration_view').selectAll();
  }
}
