import {
  isUuid,
  LruCache,
  type Registry,
  type SampleAddress,
  type SplitName,
  type UnitOfWork,
} from '@noema/kernel';
import type { NeighborGraph, Points } from '@noema/manifold';
import type { ActivationSet } from '../activation-set/activation-set.js';
import { IndexOpener, type OpenIndex } from '../vector-index/index.opener.js';
import { parametersAtSearch, textOf } from '../vector-index/index-parameters.js';
import { type LayerWeighting, weightsIn } from './layer-weighting.js';
import type { NeighborGraphRecord } from '../neighbor-graph/neighbor-graph.js';
import { countRows, hasRow } from '../activation-set/row-mask.js';
import {
  activationSetNotFound,
  indexNotReady,
  invalidK,
  noIndexOfKind,
  noQueries,
  tooFewSamples,
  weightingWithProjection,
} from '../vector-index/similarity.errors.js';
import type {
  ActivationSetRepository,
  MatrixStore,
  NeighborGraphRepository,
  PopulationReader,
  ProjectedSets,
  ResponseViews,
  VectorIndexRepository,
} from '../vector-index/similarity.ports.js';
import type { Found, IndexKind, IndexKindAdapter, VectorIndex } from '../vector-index/vector-index.js';
import { nearestWeighted, weightedMedian } from './weighted.search.js';

export interface SearchPorts {
  readonly work: UnitOfWork;
  readonly sets: ActivationSetRepository;
  readonly indexes: VectorIndexRepository;
  readonly graphs: NeighborGraphRepository;
  readonly matrices: MatrixStore;
  readonly populations: PopulationReader;
  readonly responses: ResponseViews;
  readonly projected: ProjectedSets;
  readonly kinds: Registry<IndexKindAdapter>;
  readonly defaultKind: IndexKind;
}

export interface SearchQuery {
  readonly activationSetId: string;
  readonly queries: readonly SampleAddress[];
  readonly k: number;
  readonly splits: readonly SplitName[];
  readonly filter: string;
  /** The default kind when it is not said. */
  readonly kind: IndexKind | undefined;
  /** Settings for this search alone. */
  readonly params: Readonly<Record<string, unknown>>;
  /**
   * Other weights of the layers than those of the set's space; all samples are measured then, and no index is
   * asked.
   */
  readonly weighting?: LayerWeighting | undefined;
  /**
   * Set of the queries when they are other data, projected onto the set that is searched; empty when they are
   * its own.
   */
  readonly querySetId: string;
  readonly signal: AbortSignal;
}

/** A sample that the model sees as alike. */
export interface SimilarSample {
  readonly sample: SampleAddress;
  readonly row: number;
  readonly distance: number;
  /** 1 / (1 + distance / the median distance of neighbours), 0 to 1. */
  readonly similarity: number;
}

export interface Answer {
  readonly similar: readonly SimilarSample[];
  /**
   * Samples that could be found: those of the splits that meet the filter, less the queries and those
   * removed.
   */
  readonly candidates: number;
  readonly recall: number;
  readonly kind: IndexKind;
  readonly perceptionSpaceId: string;
}

const MAX_K = 1_000;
/** How many indexes stay open for the next question. */
const OPEN = 4;
/** Graphs that are kept for the scale of weighted distances. */
const GRAPHS = 2;

const NOTHING: Found = { m: 1, k: 0, rows: new Int32Array(), distances: new Float32Array() };

interface Asked {
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

/** Fetch similar. */
export class Search {
  private readonly open = new LruCache<OpenIndex>(OPEN, { close: ({ search }) => search.close() });
  private readonly graphs = new LruCache<NeighborGraph>(GRAPHS);
  private readonly opener: IndexOpener;

  constructor(private readonly ports: SearchPorts) {
    this.opener = new IndexOpener(ports);
  }

  /**
   * The k samples nearest to the mean of the queries' vectors, the queries left out; as many as there are
   * when that is fewer. Throws `invalid` QUERIES_EMPTY, K_INVALID, FILTER_INVALID,
   * FILTER_TOO_MANY_CONDITIONS, PARAMETER_*, those of `weightsIn`, `not-found` for set, sample and index,
   * `precondition` INDEX_NOT_READY, TOO_FEW_SAMPLES.
   */
  async find(teamId: string, question: SearchQuery): Promise<Answer> {
    const { k, queries } = question;
    if (queries.length === 0) throw noQueries();
    if (k < 1 || k > MAX_K) throw invalidK(k, MAX_K);
    const { set, index, graph } = await this.look(teamId, question);
    const population = await this.ports.populations.open(teamId, set.datasetVersionId);
    const isOwn = question.querySetId === '' || question.querySetId === set.id;
    if (!isOwn && question.weighting !== undefined) throw weightingWithProjection();
    const rows = isOwn ? queries.map((query) => population.rowOf(query)) : [];
    const allowed = await population.matching(question.splits, question.filter, question.signal);
    for (const row of rows) allowed[row] = 0;
    if (set.removed !== undefined)
      allowed.forEach((_, row) => {
        if (hasRow(set.removed, row)) allowed[row] = 0;
      });
    const candidates = allowed.reduce((sum, one) => sum + one, 0);
    const point = isOwn ? undefined : await this.pointOf(teamId, set, question);
    const asked: Asked = { set, index, graph, rows, allowed, point };
    const wanted = { ...question, k: Math.min(k, candidates) };
    const { found, median, recall } = await (question.weighting === undefined
      ? this.byIndex(asked, wanted)
      : this.byLayers(asked, wanted, question.weighting));
    // An approximate index may find fewer than it was asked for, and marks the rest with row -1.
    const similar = Array.from(found.rows, (row, at) => ({ row, distance: found.distances[at]! }))
      .filter(({ row }) => row >= 0)
      .map(({ row, distance }) => ({
        sample: population.addressOf(row),
        row,
        distance,
        similarity: similarityOf(distance, median),
      }));
    return { similar, candidates, recall, kind: index.kind, perceptionSpaceId: set.perceptionSpaceId };
  }

  close(): Promise<void> {
    return this.open.clear();
  }

  /** The mean of samples that are not in the population. */
  private async pointOf(
    teamId: string,
    set: ActivationSet,
    { querySetId, queries }: SearchQuery,
  ): Promise<Points> {
    const { datasetVersionId, vectors } = await this.ports.projected.open(set, querySetId);
    const population = await this.ports.populations.open(teamId, datasetVersionId);
    return meanOf(
      vectors,
      queries.map((query) => population.rowOf(query)),
    );
  }

  private async byIndex(
    { set, index, graph, rows, allowed, point }: Asked,
    { k, params: given, signal }: SearchQuery,
  ): Promise<Result> {
    const vectors = await this.ports.matrices.vectors(set);
    const params = parametersAtSearch(this.ports.kinds.get(index.kind), index.params, given);
    const { search, recall } = await this.open.get(versionOf(index, params), () =>
      this.opener.open(set, index, vectors, params),
    );
    const found =
      k === 0 ? NOTHING : await search.search(point ?? meanOf(vectors, rows), k, { allowed, signal });
    return { found, median: graph?.medianDistance ?? 0, recall };
  }

  private async byLayers(
    { set, graph, rows, allowed }: Asked,
    { k, signal }: SearchQuery,
    weighting: LayerWeighting,
  ): Promise<Result> {
    const { view, layout } = await this.ports.responses.open(set);
    const weights = weightsIn(weighting, layout);
    const found = k === 0 ? NOTHING : await nearestWeighted(view, weights, rows, { allowed, k, signal });
    const median =
      graph?.artifact === undefined
        ? 0
        : weightedMedian(
            view,
            weights,
            await this.graphs.get(graph.id, () => this.ports.matrices.graph(graph.artifact!)),
          );
    return { found, median, recall: 1 };
  }

  private look(
    teamId: string,
    { activationSetId, kind = this.ports.defaultKind }: SearchQuery,
  ): Promise<{ set: ActivationSet; index: VectorIndex; graph: NeighborGraphRecord | undefined }> {
    const { work, sets, indexes, graphs } = this.ports;
    return work.run(teamId, async () => {
      const set = isUuid(activationSetId) ? await sets.find(activationSetId) : undefined;
      if (set === undefined) throw activationSetNotFound(activationSetId);
      if (set.sampleCount < 2) throw tooFewSamples(set.sampleCount);
      const index = await indexes.findOf(set.id, kind);
      if (index === undefined) throw noIndexOfKind(set.id, kind);
      if (index.state !== 'succeeded') throw indexNotReady(set.id, kind, index.state);
      return { set, index, graph: await graphs.findOf(set.id) };
    });
  }
}

/** An index that was built again is another one. */
const versionOf = ({ id, artifact, leftOut }: VectorIndex, params: VectorIndex['params']): string =>
  [id, textOf(params), artifact?.sha256, countRows(leftOut)].join(' ');

function meanOf({ data, d }: Points, rows: readonly number[]): Points {
  const mean = new Float64Array(d);
  for (const row of rows) for (let c = 0; c < d; c++) mean[c]! += data[row * d + c]! / rows.length;
  return { data: Float32Array.from(mean), n: 1, d };
}

const similarityOf = (distance: number, median: number): number =>
  median > 0 ? 1 / (1 + distance / median) : distance === 0 ? 1 : 0;
