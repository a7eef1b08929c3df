import type { ArtifactRef, Page, PageQuery, SampleAddress } from '@noema/kernel';
import type { Basis } from '@noema/perception';
import type { LayerInfo } from './analysis.ports.js';
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

/** Where similarity analyses are kept; every method takes part in the ambient transaction of a team. */
export interface SimilarityAnalyses {
  insert(analysis: {
    readonly id: string;
    readonly layer: string;
    readonly source: SimilaritySource;
    readonly jobId: string;
  }): Promise<void>;
  find(id: string): Promise<SimilarityAnalysis | undefined>;
  list(projectId: string, query: PageQuery): Promise<Page<SimilarityAnalysis>>;
  finish(id: string, areas: readonly SharedAreaEntry[], readyTime: Date): Promise<void>;
  delete(id: string): Promise<void>;
}

/** Perception vectors and the basis that they are made with. */
export interface PerceptionFiles {
  readBasis(ref: ArtifactRef): Promise<Basis>;
  readVector(ref: ArtifactRef, shardRow: number): Promise<Float32Array>;
}
