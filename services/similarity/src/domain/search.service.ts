import { isUuid, Recent, type Registry, type SampleAddress, type SplitName, type UnitOfWork } from '@noema/kernel';
import type { Points } from '@noema/manifold';
import type { ActivationSet } from './activation-set.js';
import { IndexOpener, type OpenIndex } from './index.opener.js';
import { parametersAtSearch, textOf } from './index-parameters.js';
import { countRows, hasRow } from './row-mask.js';
import { activationSetNotFound, indexNotReady, kInvalid, kTooLarge, noIndexOfKind, noQueries, tooFewSamples } from './similarity.errors.js';
import type { ActivationSetRepository, MatrixStore, NeighborGraphRepository, PopulationReader, VectorIndexRepository } from './similarity.ports.js';
import type { IndexKind, IndexKindAdapter, VectorIndex } from './vector-index.js';

export interface SearchPorts {
  readonly work: UnitOfWork;
  readonly sets: ActivationSetRepository;
  readonly indexes: VectorIndexRepository;
  readonly graphs: NeighborGraphRepository;
  readonly matrices: MatrixStore;
  readonly populations: PopulationReader;
  readonly kinds: Registry<IndexKindAdapter>;
  readonly defaultKind: IndexKind;
}

export interface Question {
  readonly activationSetId: string;
  readonly queries: readonly SampleAddress[];
  readonly k: number;
  readonly splits: readonly SplitName[];
  readonly filter: string;
  /** The default kind when it is not said. */
  readonly kind: IndexKind | undefined;
  /** Settings for this search alone. */
  readonly params: Readonly<Record<string, unknown>>;
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
  readonly recall: number;
  readonly kind: IndexKind;
  readonly perceptionSpaceId: string;
}

const MAX_K = 1_000;
/** How many indexes stay open for the next question. */
const OPEN = 4;

/** Fetch similar. */
export class Search {
  private readonly open = new Recent<OpenIndex>(OPEN, { close: ({ search }) => search.close() });
  private readonly opener: IndexOpener;

  constructor(private readonly ports: SearchPorts) {
    this.opener = new IndexOpener(ports);
  }

  /**
   * The k samples nearest to the mean of the queries' vectors, the queries left out. Throws `invalid` QUERIES_EMPTY, K_INVALID, K_TOO_LARGE,
   * FILTER_INVALID, PARAMETER_*, `not-found` for set, sample and index, `precondition` INDEX_NOT_READY, TOO_FEW_SAMPLES.
   */
  async find(teamId: string, question: Question): Promise<Answer> {
    const { k, queries, signal } = question;
    if (queries.length === 0) throw noQueries();
    if (k < 1 || k > MAX_K) throw kInvalid(k, MAX_K);
    const { set, index, median } = await this.look(teamId, question);
    const population = await this.ports.populations.open(teamId, set.datasetVersionId);
    const rows = queries.map((query) => population.rowOf(query));
    const allowed = population.matching(question.splits, question.filter);
    for (const row of rows) allowed[row] = 0;
    if (set.removed !== undefined) allowed.forEach((_, row) => { if (hasRow(set.removed, row)) allowed[row] = 0; });
    const findable = allowed.reduce((sum, one) => sum + one, 0);
    if (k > findable) throw kTooLarge(k, findable);
    const vectors = await this.ports.matrices.vectors(set);
    const params = parametersAtSearch(this.ports.kinds.get(index.kind), index.params, question.params);
    const { search, recall } = await this.open.get(versionOf(index, params), () => this.opener.open(set, index, vectors, params));
    const found = await search.search(meanOf(vectors, rows), k, { allowed, signal });
    const similar = Array.from(found.rows, (row, at) => {
      const distance = found.distances[at]!;
      return { sample: population.addressOf(row), row, distance, similarity: similarityOf(distance, median) };
    });
    return { similar, recall, kind: index.kind, perceptionSpaceId: set.perceptionSpaceId };
  }

  close(): Promise<void> {
    return this.open.clear();
  }

  private look(teamId: string, { activationSetId, kind = this.ports.defaultKind }: Question): Promise<{ set: ActivationSet; index: VectorIndex; median: number }> {
    const { work, sets, indexes, graphs } = this.ports;
    return work.run(teamId, async () => {
      const set = isUuid(activationSetId) ? await sets.find(activationSetId) : undefined;
      if (set === undefined) throw activationSetNotFound(activationSetId);
      if (set.sampleCount < 2) throw tooFewSamples(set.sampleCount);
      const index = await indexes.findOf(set.id, kind);
      if (index === undefined) throw noIndexOfKind(set.id, kind);
      if (index.state !== 'succeeded') throw indexNotReady(set.id, kind, index.state);
      return { set, index, median: (await graphs.findOf(set.id))?.medianDistance ?? 0 };
    });
  }
}

/** An index that was built again is another one. */
const versionOf = ({ id, artifact, leftOut }: VectorIndex, params: VectorIndex['params']): string => [id, textOf(params), artifact?.sha256, countRows(leftOut)].join(' ');

function meanOf({ data, d }: Points, rows: readonly number[]): Points {
  const mean = new Float64Array(d);
  for (const row of rows) for (let c = 0; c < d; c++) mean[c]! += data[row * d + c]! / rows.length;
  return { data: Float32Array.from(mean), n: 1, d };
}

const similarityOf = (distance: number, median: number): number => (median > 0 ? 1 / (1 + distance / median) : distance === 0 ? 1 : 0);
