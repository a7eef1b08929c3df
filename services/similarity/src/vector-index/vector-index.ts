import type { ArtifactRef, JobResource, MethodDescriptor, NumberParameter } from '@noema/kernel';
import type { Points } from '@noema/manifold';
import type { RowMask } from '../activation-set/row-mask.js';

/** Keys of the kinds that the settings may name as the default. */
export const INDEX_KINDS = ['exact', 'faiss-flat', 'faiss-hnsw'] as const;

/** Recall with the settings of a search. */
export interface MeasuredRecall {
  readonly params: Readonly<Record<string, number>>;
  readonly recall: number;
}

/** An index over the vectors of an activation set. */
export interface VectorIndex extends JobResource {
  readonly projectId: string;
  readonly activationSetId: string;
  /** Key of its kind. */
  readonly kind: string;
  readonly params: Readonly<Record<string, number>>;
  readonly sampleCount: number;
  readonly dimensions: number;
  /** Share of the true 10 nearest neighbours that it finds; 0 until it is ready. */
  readonly recall: number;
  /** Recall with other settings of the search, one entry for each requested combination. */
  readonly recalls: readonly MeasuredRecall[];
  readonly artifact: ArtifactRef | undefined;
  /** Rows that it was built without, because they were removed before. */
  readonly leftOut: RowMask | undefined;
  /** Job that built or builds it again without removed rows; empty when there was none. */
  readonly compactionJobId: string;
  readonly isCompacting: boolean;
}

/** Scope of a list: a project, and one of its sets when that is not empty. */
export interface SetFilter {
  readonly projectId: string;
  readonly activationSetId: string;
}

/**
 * Neighbours of m queries, nearest first: rows int32 [m, k] (−1 for none) and Euclidean distances float32 [m,
 * k].
 */
export interface Found {
  readonly m: number;
  readonly k: number;
  readonly rows: Int32Array;
  readonly distances: Float32Array;
}

export interface SearchOptions {
  /** The queries are the population's rows from here on, and no query finds itself. */
  readonly firstRow?: number;
  /** One byte a row; rows with 0 are not found. */
  readonly allowed?: Uint8Array;
  readonly signal?: AbortSignal;
}

/** Answers which vectors are nearest; the port that every index kind implements. */
export interface SearchableIndex {
  /** The k nearest rows of each query [m, d], ties by row. */
  search(queries: Points, k: number, options?: SearchOptions): Promise<Found>;
  close(): Promise<void>;
}

/**
 * A whole number that an index is made with; one `atSearch` may differ from search to search, because the
 * bytes do not depend on it.
 */
export interface IndexParameter extends NumberParameter {
  readonly minimum: number;
  readonly maximum: number;
  readonly atSearch?: boolean;
}

/** Properties of a kind of index, which clients get with its description. */
// A type, because an interface has no index signature.
export type IndexFacts = {
  /** True when it finds the true neighbours. */
  readonly exact: boolean;
};

/** A kind of index; one more is one file and one line in the registry. */
export interface IndexKindAdapter extends MethodDescriptor {
  readonly parameters: readonly IndexParameter[];
  readonly facts: IndexFacts;
  /** Throws `precondition` when this installation cannot build it. */
  checkReady(): void;
  /** The bytes to keep; `undefined` for a kind that needs none. */
  build(
    vectors: Points,
    params: Readonly<Record<string, number>>,
    signal?: AbortSignal,
  ): Promise<Uint8Array | undefined>;
  open(
    vectors: Points,
    params: Readonly<Record<string, number>>,
    bytes: Uint8Array | undefined,
  ): Promise<SearchableIndex>;
}
