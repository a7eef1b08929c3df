import type { JobResources, SampleAddress } from '@noema/kernel';
import type { Analysis, AnalysisContents } from './analysis.js';

/** A layer as the training service describes it. */
export interface LayerInfo {
  readonly name: string;
  readonly units: number;
  readonly hasPositions: boolean;
  /** True for the layer that gives a class for every position. */
  readonly isOutput?: boolean;
}

export interface SourceQuery {
  readonly projectId: string;
  readonly runId: string;
  /** 0 for the last. */
  readonly epoch: number;
  readonly sample: SampleAddress;
  /** Name of the output to explain; '' for the first one with the losses of all. */
  readonly output?: string;
}

export type NewAnalysis = Pick<Analysis, 'id' | 'settings' | 'source' | 'jobId'>;
export type Analyses = JobResources<Analysis, NewAnalysis, AnalysisContents>;

export interface ArtifactOwner {
  readonly teamId: string;
  readonly projectId: string;
  readonly id: string;
}

/** The activations of one layer for one sample. */
export interface FeatureMapFile {
  readonly layer: string;
  readonly height: number;
  readonly width: number;
  readonly units: number;
  /** [h, w, units]. */
  readonly data: Float32Array;
}
