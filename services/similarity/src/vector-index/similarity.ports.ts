import type { ArtifactRef, Page, PageQuery, SampleAddress, SplitName } from '@noema/kernel';
import type { NeighborGraph, Points } from '@noema/manifold';
import type { LayerView, ResponseLayout } from '@noema/perception';
import type { ActivationSet } from '../activation-set/activation-set.js';
import type { NeighborGraphRecord, NeighborMethod } from '../neighbor-graph/neighbor-graph.js';
import type { RowMask } from '../activation-set/row-mask.js';
import type { IndexKind, MeasuredRecall, VectorIndex } from './vector-index.js';

/** The sets that were announced to us. All methods act in the ambient transaction. */
export interface ActivationSetRepository {
  save(set: ActivationSet): Promise<void>;
  find(id: string): Promise<ActivationSet | undefined>;
  /** Finds a set and keeps others from changing it until the transaction ends. */
  lock(id: string): Promise<ActivationSet | undefined>;
  setRemoved(id: string, removed: RowMask): Promise<void>;
}

export interface NewIndex {
  readonly id: string;
  readonly set: ActivationSet;
  readonly kind: IndexKind;
  readonly params: Readonly<Record<string, number>>;
  readonly jobId: string;
}

export interface VectorIndexRepository {
  insert(index: NewIndex): Promise<void>;
  find(id: string): Promise<VectorIndex | undefined>;
  findOf(
    activationSetId: string,
    kind: IndexKind,
    params?: Readonly<Record<string, number>>,
  ): Promise<VectorIndex | undefined>;
  /** All indexes of a set. */
  ofSet(activationSetId: string): Promise<readonly VectorIndex[]>;
  /**
   * Makes an index visible; recalls of other settings, which were measured of what it was before, are
   * forgotten.
   */
  complete(
    id: string,
    made: {
      readonly recall: number;
      readonly artifact: ArtifactRef | undefined;
      readonly leftOut: RowMask | undefined;
    },
  ): Promise<void>;
  addRecall(id: string, measured: MeasuredRecall): Promise<void>;
  /** Says which job builds the index again. */
  compactedBy(id: string, jobId: string): Promise<void>;
  remove(id: string): Promise<boolean>;
  /** A page of a project's indexes; of one set when its id is not empty. */
  page(projectId: string, activationSetId: string, query: PageQuery): Promise<Page<VectorIndex>>;
}

export interface NeighborGraphRepository {
  insert(graph: {
    readonly id: string;
    readonly set: ActivationSet;
    readonly k: number;
    readonly method: NeighborMethod;
    readonly jobId: string;
  }): Promise<void>;
  find(id: string): Promise<NeighborGraphRecord | undefined>;
  findOf(activationSetId: string): Promise<NeighborGraphRecord | undefined>;
  complete(
    id: string,
    facts: { readonly recall: number; readonly medianDistance: number; readonly artifact: ArtifactRef },
  ): Promise<void>;
  /** A page of a project's graphs; of one set when its id is not empty. */
  page(projectId: string, activationSetId: string, query: PageQuery): Promise<Page<NeighborGraphRecord>>;
}

/** Announces what became visible, in the ambient transaction. */
export interface SimilarityEvents {
  graphReady(
    graph: NeighborGraphRecord,
    indexId: string,
    set: ActivationSet,
    artifact: ArtifactRef,
  ): Promise<void>;
}

/** Queues the job that builds an index and, for a set's first one, its graph. Returns the job's id. */
export interface BuildQueue {
  add(teamId: string, payload: BuildPayload, shards: number): Promise<string>;
}

/** What the job is told. */
export interface BuildPayload {
  readonly activationSetId: string;
  readonly indexId: string;
  /** Empty when the set has its graph already. */
  readonly neighborGraphId: string;
  /** How its neighbours are found; left out for exactly. */
  readonly method?: NeighborMethod;
}

/** Reads and writes matrices of the artifact store. */
export interface MatrixStore {
  /** The vectors of a set [n, d] in memory that threads share. */
  vectors(set: ActivationSet): Promise<Points>;
  putGraph(set: ActivationSet, id: string, part: string, graph: NeighborGraph): Promise<ArtifactRef>;
  graph(ref: ArtifactRef): Promise<NeighborGraph>;
  putIndex(set: ActivationSet, id: string, bytes: Uint8Array): Promise<ArtifactRef>;
  index(ref: ArtifactRef): Promise<Uint8Array>;
}

/** Responses in which layers can be weighted, and the names of the layers. */
export interface WeightedLayers {
  readonly view: LayerView;
  readonly layout: ResponseLayout;
}

/** Where the responses of a set are. */
export interface ResponseSource {
  readonly basis: ArtifactRef;
  readonly moments: ArtifactRef;
  readonly datasetVersionId: string;
  /** Empty for a set of its run's own data. */
  readonly referenceSetId: string;
  /** In order; vectors are absent before they are made. */
  readonly shards: readonly {
    readonly firstRow: number;
    readonly rowCount: number;
    readonly responses: ArtifactRef;
    readonly vectors: ArtifactRef | undefined;
  }[];
}

/** The service that took the responses. */
export interface ResponseSources {
  of(teamId: string, activationSetId: string): Promise<ResponseSource>;
}

/** Reads the responses of a set. */
export interface ResponseViews {
  /** Throws `exhausted` RESPONSES_TOO_LARGE. */
  open(set: ActivationSet): Promise<WeightedLayers>;
}

/** Other data whose vectors are in the basis of a set. */
export interface ProjectedSet {
  readonly datasetVersionId: string;
  readonly vectors: Points;
}

/** Reads the vectors of other data. */
export interface ProjectedSets {
  /**
   * Throws `not-found`, and `precondition` SET_NOT_PROJECTED when its vectors are not in the basis of the
   * set.
   */
  open(set: ActivationSet, querySetId: string): Promise<ProjectedSet>;
}

/** The samples of a dataset version, by row. */
export interface Population {
  readonly size: number;
  /** Throws `not-found` SAMPLE_NOT_FOUND. */
  rowOf(sample: SampleAddress): number;
  addressOf(row: number): SampleAddress;
  /**
   * One byte a row: 1 where the row is in one of the splits (any when empty) and meets the filter. Throws
   * `invalid` FILTER_INVALID.
   */
  matching(splits: readonly SplitName[], filter: string, signal: AbortSignal): Promise<Uint8Array>;
}

export interface PopulationReader {
  open(teamId: string, datasetVersionId: string): Promise<Population>;
}
