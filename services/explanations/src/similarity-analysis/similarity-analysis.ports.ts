import type { JobResources, SampleAddress } from '@noema/kernel';
import type { SharedAreaEntry, SimilarityAnalysis } from './similarity-analysis.js';

export interface SimilarityQuery {
  readonly projectId: string;
  readonly activationSetId: string;
  readonly query: SampleAddress;
  readonly samples: readonly SampleAddress[];
}

export type NewSimilarityAnalysis = Pick<SimilarityAnalysis, 'id' | 'layer' | 'source' | 'jobId'>;
export type SimilarityAnalyses = JobResources<
  SimilarityAnalysis,
  NewSimilarityAnalysis,
  readonly SharedAreaEntry[]
>;
