import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '@noema/host';
import { findOrThrow, LruCache, type UnitOfWork } from '@noema/kernel';
import type { NeighborGraph, Points } from '@noema/manifold';
import { Database } from '@noema/postgres';
import { activationSetNotFound, tooFewSamples } from '../activation-set/activation-set.errors.js';
import type { ActivationSet } from '../activation-set/activation-set.js';
import { ActivationSetRepository } from '../activation-set/activation-set.repository.js';
import { MatrixStore } from '../activation-set/matrix.store.js';
import { hasRow } from '../activation-set/row-mask.js';
import type { SimilarityConfig } from '../config.js';
import type { NeighborGraphRecord } from '../neighbor-graph/neighbor-graph.js';
import { NeighborGraphRepository } from '../neighbor-graph/neighbor-graph.repository.js';
import { IndexOpener } from '../vector-index/index.opener.js';
import { indexNotReady, noIndexOfKind } from '../vector-index/vector-index.errors.js';
import type { Found, VectorIndex } from '../vector-index/vector-index.js';
import { VectorIndexRepository } from '../vector-index/vector-index.repository.js';
import { type LayerWeighting, weightsIn } from './layer-weighting.js';
import { PopulationStore } from './population.store.js';
import { ProjectedSetStore } from './projected-set.store.js';
import { ResponseViewStore } from './response-view.store.js';
import { invalidK, noQueries, weightingWithProjection } from './search.errors.js';
import type { SearchQuery, SearchResponse } from './search.js';
import { MAX_K } from './search.methods.js';
import { searchWeighted } from './weighted.search.js';

/** Graphs that stay in memory for the scale of weighted distances. */
const CACHED_GRAPHS = 2;

const NOTHING: Found = { m: 1, k: 0, rows: new Int32Array(), distances: new Float32Array() };

interface SearchContext {
  readonly set: ActivationSet;
  readonly index: VectorIndex;
  readonly graph: NeighborGraphRecord | undefined;
  readonly rows: readonly number[];
  readonly allowed: Uint8Array;
  /** The query when it is not in the population. */
  readonly point: Points | undefined;
}

interface Result {
  readonly found: Found;
  /** The scale by which distances become similarities. */
  readonly median: number;
  readonly recall: number;
}

/** Finds the samples that the model sees as alike. */
@Injectable()
export class SearchService {
  private readonly cachedGraphs = new LruCache<NeighborGraph>(CACHED_GRAPHS);

  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(ActivationSetRepository) private readonly sets: Pick<ActivationSetRepository, 'find'>,
    @Inject(VectorIndexRepository) private readonly indexes: Pick<VectorIndexRepository, 'findBySet'>,
    @Inject(NeighborGraphRepository) private readonly graphs: Pick<NeighborGraphRepository, 'findBySet'>,
    @Inject(MatrixStore) private readonly matrices: Pick<MatrixStore, 'vectors' | 'graph'>,
    @Inject(IndexOpener) private readonly opener: Pick<IndexOpener, 'open'>,
    @Inject(PopulationStore) private readonly populations: Pick<PopulationStore, 'open'>,
    @Inject(ResponseViewStore) private readonly responses: Pick<ResponseViewStore, 'open'>,
    @Inject(ProjectedSetStore) private readonly projected: Pick<ProjectedSetStore, 'open'>,
    @Inject(SETTINGS) private readonly settings: Pick<SimilarityConfig, 'indexKind'>,
  ) {}

  /**
   * The k samples nearest to the mean of the queries' vectors, the queries left out; as many as there are
   * when that is fewer. Throws `invalid` QUERIES_EMPTY, K_INVALID, FILTER_INVALID,
   * FILTER_TOO_MANY_CONDITIONS, PARAMETER_*, the errors of `weightsIn`, `not-found` for set, sample and
   * index, `precondition` INDEX_NOT_READY, TOO_FEW_SAMPLES.
   */
  async find(teamId: string, question: SearchQuery): Promise<SearchResponse> {
    const { k, queries } = question;
    if (queries.length === 0) throw noQueries();
    if (k < 1 || k > MAX_K) throw invalidK(k, MAX_K);
    const { set, index, graph } = await this.look(teamId, question);
    const population = await this.populations.open(teamId, set.datasetVersionId);
    const isOwn = question.querySetId === '' || question.querySetId === set.id;
    if (!isOwn && question.weighting !== undefined) throw weightingWithProjection();
    const rows = isOwn ? queries.map((query) => population.getRow(query)) : [];
    const allowed = await population.matching(question.splits, question.filter, question.signal);
    for (const row of rows) allowed[row] = 0;
    if (set.removed !== undefined)
      allowed.forEach((_, row) => {
        if (hasRow(set.removed, row)) allowed[row] = 0;
      });
    const candidates = allowed.reduce((sum, one) => sum + one, 0);
    const point = isOwn ? undefined : await this.readPoint(teamId, set, question);
    const context: SearchContext = { set, index, graph, rows, allowed, point };
    const wanted = { ...question, k: Math.min(k, candidates) };
    const { found, median, recall } = await (question.weighting === undefined
      ? this.byIndex(context, wanted)
      : this.byLayers(context, wanted, question.weighting));
    // An approximate index may find fewer than requested, and marks the rest with row -1.
    const similar = Array.from(found.rows, (row, at) => ({ row, distance: found.distances[at]! }))
      .filter(({ row }) => row >= 0)
      .map(({ row, distance }) => ({
        sample: population.getAddress(row),
        row,
        distance,
        similarity: toSimilarity(distance, median),
      }));
    return { similar, candidates, recall, kind: index.kind, perceptionSpaceId: set.perceptionSpaceId };
  }

  /** The mean of samples that are not in the population. */
  private async readPoint(
    teamId: string,
    set: ActivationSet,
    { querySetId, queries }: SearchQuery,
  ): Promise<Points> {
    const { datasetVersionId, vectors } = await this.projected.open(set, querySetId);
    const population = await this.populations.open(teamId, datasetVersionId);
    return computeMean(
      vectors,
      queries.map((query) => population.getRow(query)),
    );
  }

  private async byIndex(
    { set, index, graph, rows, allowed, point }: SearchContext,
    { k, params: given, signal }: SearchQuery,
  ): Promise<Result> {
    const { search, recall } = await this.opener.open(set, index, given);
    const vectors = await this.matrices.vectors(set);
    const found =
      k === 0 ? NOTHING : await search.search(point ?? computeMean(vectors, rows), k, { allowed, signal });
    return { found, median: graph?.medianDistance ?? 0, recall };
  }

  private async byLayers(
    { set, graph, rows, allowed }: SearchContext,
    { k, signal }: SearchQuery,
    weighting: LayerWeighting,
  ): Promise<Result> {
    const { rows: responses, layout } = await this.responses.open(set);
    const { artifact } = graph ?? {};
    const result = await searchWeighted(responses, weightsIn(weighting, layout), rows, {
      allowed,
      k,
      signal,
      graph: artifact && (await this.cachedGraphs.get(graph!.id, () => this.matrices.graph(artifact))),
    });
    return { ...result, recall: 1 };
  }

  private look(
    teamId: string,
    { activationSetId, kind = this.settings.indexKind }: SearchQuery,
  ): Promise<{ set: ActivationSet; index: VectorIndex; graph: NeighborGraphRecord | undefined }> {
    const { unitOfWork, sets, indexes, graphs } = this;
    return unitOfWork.run(teamId, async () => {
      const set = await findOrThrow(sets, activationSetId, activationSetNotFound);
      if (set.sampleCount < 2) throw tooFewSamples(set.sampleCount);
      const index = await indexes.findBySet(set.id, kind);
      if (index === undefined) throw noIndexOfKind(set.id, kind);
      if (index.state !== 'succeeded') throw indexNotReady(set.id, kind, index.state);
      return { set, index, graph: await graphs.findBySet(set.id) };
    });
  }
}

function computeMean({ data, d }: Points, rows: readonly number[]): Points {
  const mean = new Float64Array(d);
  for (const row of rows) for (let c = 0; c < d; c++) mean[c]! += data[row * d + c]! / rows.length;
  return { data: Float32Array.from(mean), n: 1, d };
}

const toSimilarity = (distance: number, median: number): number =>
  median > 0 ? 1 / (1 + distance / median) : distance === 0 ? 1 : 0;
