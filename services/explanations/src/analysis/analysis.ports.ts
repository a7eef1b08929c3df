import type { ArtifactRef, JobResources, SampleAddress } from '@noema/kernel';
import type { HeatMap } from '@noema/saliency';
import type { Picture } from '../heat-map/picture.js';
import type { Analysis, AnalysisContents } from './analysis.js';

/** A layer as the training service tells of it. */
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
}

export type NewAnalysis = Pick<Analysis, 'id' | 'settings' | 'source' | 'jobId'>;
export type Analyses = JobResources<Analysis, NewAnalysis, AnalysisContents>;

export interface ArtifactOwner {
  readonly teamId: string;
  readonly projectId: string;
  readonly id: string;
}

/** The files of analyses. */
export interface AnalysisArtifacts {
  writeValues(
    owner: ArtifactOwner,
    name: string,
    map: HeatMap,
    dims: readonly number[],
  ): Promise<ArtifactRef>;
  writePicture(owner: ArtifactOwner, name: string, picture: Picture): Promise<ArtifactRef>;
  /** One column `[h, w, units]` for each layer. */
  writeFeatureMaps(owner: ArtifactOwner, maps: readonly FeatureMapFile[]): Promise<ArtifactRef>;
  readFeatureMap(ref: ArtifactRef, layer: string): Promise<FeatureMapFile>;
  /** The bytes of a picture or of a map's values. */
  read(ref: ArtifactRef): Promise<Uint8Array>;
  /** What the run's evaluation says about a row. */
  readEvaluation(
    ref: ArtifactRef,
    row: number,
  ): Promise<{ readonly loss?: number; readonly trueClass: number }>;
  encodePicture(picture: Picture): Uint8Array;
}

export interface FeatureMapFile {
  readonly layer: string;
  readonly height: number;
  readonly width: number;
  readonly units: number;
  /** [h, w, units]. */
  readonly data: Float32Array;
}
