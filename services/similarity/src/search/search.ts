import type { SampleAddress, SplitName } from '@noema/kernel';
import type { LayerWeighting } from './layer-weighting.js';

export interface SearchQuery {
  readonly activationSetId: string;
  readonly queries: readonly SampleAddress[];
  readonly k: number;
  readonly splits: readonly SplitName[];
  readonly filter: string;
  /** Default: the kind of the settings. */
  readonly kind: string | undefined;
  /** Settings for this search alone. */
  readonly params: Readonly<Record<string, unknown>>;
  /**
   * Weights of the layers that replace the weights of the set's space; all samples are measured then, and no
   * index is used.
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

export interface SearchResponse {
  readonly similar: readonly SimilarSample[];
  /**
   * Samples that could be found: the samples of the splits that meet the filter, without the queries and
   * without removed ones.
   */
  readonly candidates: number;
  readonly recall: number;
  readonly kind: string;
  readonly perceptionSpaceId: string;
}

/** The samples of a dataset version, by row. */
export interface Population {
  /** Throws `not-found` SAMPLE_NOT_FOUND. */
  getRow(sample: SampleAddress): number;
  getAddress(row: number): SampleAddress;
  /**
   * One byte a row: 1 where the row is in one of the splits (any when empty) and meets the filter. Throws
   * `invalid` FILTER_INVALID.
   */
  matching(splits: readonly SplitName[], filter: string, signal: AbortSignal): Promise<Uint8Array>;
}
