import { Inject, Injectable } from '@nestjs/common';
import {
  findOrThrow,
  isUuid,
  type Page,
  type PageQuery,
  type Port,
  type UnitOfWork,
  uuidv7,
} from '@noema/kernel';
import { parseParameters, projectionAlgorithms } from '@noema/manifold';
import { Database } from '@noema/postgres';
import { clusterMethods, MAX_STARTS } from '../clustering/cluster-methods.js';
import { LineageService } from '../lineage/lineage.service.js';
import { MapQueue } from '../map/map.queue.js';
import { activationSetNotFound } from '../neighbor-graph/neighbor-graph.errors.js';
import type { NeighborGraphRecord } from '../neighbor-graph/neighbor-graph.js';
import { NeighborGraphRepository } from '../neighbor-graph/neighbor-graph.repository.js';
import { type Exploration, type Measures, neighborsMeasured } from './exploration.js';
import {
  clusterCountInvalid,
  clusterSizeInvalid,
  dimensionsInvalid,
  explorationNotFound,
  explorationNotReady,
  measureInvalid,
  notAlignable,
  parameterNotPlain,
  tooManyNeighbors,
} from './exploration.errors.js';
import { type ExplorationFilter, ExplorationRepository } from './exploration.repository.js';

export interface ExplorationRequest {
  readonly projectId: string;
  readonly activationSetId: string;
  /** Key of the algorithm. */
  readonly algorithm: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** 0 for 2. */
  readonly dimensions: number;
  readonly seed: number;
  /** Empty for none. */
  readonly alignedTo: string;
  /** 0 for the number of classes, or 10. */
  readonly clusterCount: number;
  /** Key of the way to find clusters. */
  readonly clusterMethod: string;
  /** 0 for the usual. */
  readonly minClusterSize: number;
  /** 0 for the usual, each. */
  readonly minSamples: number;
  readonly clusterStarts: number;
  readonly trustNeighbors: number;
  readonly labelNeighbors: number;
}

/** Explorations on demand. */
@Injectable()
export class ExplorationService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(NeighborGraphRepository) private readonly graphs: Port<NeighborGraphRepository>,
    @Inject(ExplorationRepository) private readonly explorations: Port<ExplorationRepository>,
    @Inject(MapQueue) private readonly queue: Port<MapQueue>,
    @Inject(LineageService) private readonly lineage: Pick<LineageService, 'ended'>,
  ) {}

  /**
   * Starts a map. Throws `not-found` for the set, `invalid` PROJECTION_ALGORITHM_UNKNOWN, PARAMETER_*,
   * K_TOO_LARGE, DIMENSIONS_INVALID, CLUSTER_METHOD_UNKNOWN, CLUSTER_COUNT_INVALID, CLUSTER_SIZE_INVALID,
   * MEASURE_INVALID, NOT_ALIGNABLE.
   */
  create(teamId: string, request: ExplorationRequest): Promise<Exploration> {
    const { unitOfWork, graphs, explorations, queue } = this;
    return unitOfWork.run(teamId, async () => {
      const graph = isUuid(request.activationSetId)
        ? await graphs.findBySet(request.activationSetId)
        : undefined;
      if (graph?.projectId !== request.projectId) throw activationSetNotFound(request.activationSetId);
      const params = parseParams(request, graph);
      const dimensions = parseDimensions(request.dimensions);
      const { clusterCount, minClusterSize, seed } = request;
      const clusterMethod = clusterMethods.get(request.clusterMethod).key;
      if (clusterCount < 0 || clusterCount > graph.sampleCount)
        throw clusterCountInvalid(clusterCount, graph.sampleCount);
      if (minClusterSize !== 0 && (minClusterSize < 2 || minClusterSize > graph.sampleCount))
        throw clusterSizeInvalid(minClusterSize, graph.sampleCount);
      const measures = computeMeasures(request, graph);
      const alignedTo = await this.alignable(request.alignedTo, graph, dimensions);
      const id = uuidv7();
      await explorations.insert({
        id,
        graph,
        algorithm: request.algorithm,
        params,
        dimensions,
        seed,
        alignedTo,
        automatic: false,
        clusterCount,
        clusterMethod,
        minClusterSize,
        measures,
      });
      return explorations.begin(id, await queue.queue(teamId, id), alignedTo);
    });
  }

  /** Throws `not-found`, also for an exploration of another team. */
  get(teamId: string, id: string): Promise<Exploration> {
    return this.unitOfWork.run(teamId, () => findOrThrow(this.explorations, id, explorationNotFound));
  }

  list(teamId: string, filter: ExplorationFilter, query: PageQuery): Promise<Page<Exploration>> {
    return this.unitOfWork.run(teamId, () => this.explorations.list(filter, query));
  }

  /** Deletes the map; one that is being made is stopped. Throws `not-found`. */
  async delete(teamId: string, id: string): Promise<void> {
    await this.unitOfWork.run(teamId, async () => {
      const exploration = await this.get(teamId, id);
      await this.explorations.delete(id);
      if (exploration.jobId !== undefined) await this.queue.cancel(teamId, exploration.jobId);
      if (exploration.automatic) await this.lineage.ended(teamId, exploration, undefined);
    });
  }

  /**
   * The exploration and its graph, once the map is made. Throws `not-found`, `precondition`
   * EXPLORATION_NOT_READY.
   */
  getReady(teamId: string, id: string): Promise<{ exploration: Exploration; graph: NeighborGraphRecord }> {
    return this.unitOfWork.run(teamId, async () => {
      const exploration = await this.get(teamId, id);
      if (exploration.state !== 'succeeded') throw explorationNotReady(id, exploration.state);
      const graph = await this.graphs.find(exploration.neighborGraphId);
      if (graph === undefined) throw explorationNotFound(id);
      return { exploration, graph };
    });
  }

  private async alignable(
    id: string,
    graph: NeighborGraphRecord,
    dimensions: 2 | 3,
  ): Promise<string | undefined> {
    if (id === '') return undefined;
    const other = await findOrThrow(this.explorations, id, explorationNotFound);
    if (other.projectId !== graph.projectId) throw explorationNotFound(id);
    if (other.projectedOnto !== undefined)
      throw notAlignable(
        id,
        `it shows data placed in exploration ${other.projectedOnto}; start from that one`,
      );
    if (other.state !== 'succeeded') throw explorationNotReady(id, other.state);
    if (other.dimensions !== dimensions)
      throw notAlignable(id, `it has ${other.dimensions} dimensions, not ${dimensions}`);
    return other.id;
  }
}

function computeMeasures(
  { minSamples, clusterStarts, trustNeighbors, labelNeighbors }: ExplorationRequest,
  { sampleCount }: NeighborGraphRecord,
): Measures {
  const measures: Measures = { minSamples, clusterStarts, trustNeighbors, labelNeighbors };
  const most: readonly (readonly [field: string, value: number, most: number])[] = [
    ['min_samples', minSamples, sampleCount],
    ['cluster_starts', clusterStarts, MAX_STARTS],
    ['trust_neighbors', trustNeighbors, sampleCount - 1],
    // Number of neighbours for which the map's own neighbours are known.
    ['label_neighbors', labelNeighbors, neighborsMeasured(measures).trustNeighbors],
  ];
  for (const [field, value, limit] of most)
    if (value < 0 || value > limit) throw measureInvalid(field, value, limit);
  return measures;
}

const parseDimensions = (asked: number): 2 | 3 => {
  const dimensions = asked === 0 ? 2 : asked;
  if (dimensions !== 2 && dimensions !== 3) throw dimensionsInvalid(asked);
  return dimensions;
};

function parseParams(
  { algorithm: key, params }: ExplorationRequest,
  graph: NeighborGraphRecord,
): Readonly<Record<string, number | string>> {
  const algorithm = projectionAlgorithms.get(key);
  const given = Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      if (typeof value !== 'number' && typeof value !== 'string') throw parameterNotPlain(name, value);
      return [name, value];
    }),
  );
  parseParameters(algorithm, given);
  const asked = Number(given['n_neighbors'] ?? 0);
  if (asked > graph.sampleCount) throw tooManyNeighbors(asked, graph.sampleCount);
  return given;
}
