import type { JobResources, SampleAddress } from '@noema/kernel';
import type { LayerInfo } from '../analysis/analysis.ports.js';
import type { SharedAreaEntry, SimilarityAnalysis, SimilaritySource } from './similarity-analysis.js';

export interface SimilarityQuery {
  readonly projectId: string;
  readonly activationSetId: string;
  readonly query: SampleAddress;
  readonly samples: readonly SampleAddress[];
}

/** Activation sets, models and samples, as the services that own them tell. */
export interface SimilaritySources {
  /** Throws `not-found` for what does not exist, `precondition` ACTIVATION_SET_NOT_READY. */
  find(
    teamId: string,
    question: SimilarityQuery,
  ): Promise<{ readonly source: SimilaritySource; readonly layers: readonly LayerInfo[] }>;
}

export type NewSimilarityAnalysis = Pick<SimilarityAnalysis, 'id' | 'layer' | 'source' | 'jobId'>;
export type SimilarityAnalyses = JobResources<
  SimilarityAnalysis,
  NewSimilarityAnalysis,
  readonly SharedAreaEntry[]
>;
