import { type ArtifactRef, type JobResource, deriveUuid } from '@noema/kernel';
import type { HeatMapEntry, LocatedSample, ModelSource } from '../analysis/analysis.js';

/** Grows with every change of what the maps mean, so that no analysis of before is taken for one of now. */
const METHOD = 5;

/** A sample with its perception vector's file. */
export interface VectoredSample extends LocatedSample {
  /** Arrow `vectors` [rows, dimensions] of the sample's shard. */
  readonly vectors: ArtifactRef;
}

/** Everything that a similarity analysis is made of. */
export interface SimilaritySource extends ModelSource {
  readonly projectId: string;
  readonly activationSetId: string;
  /** Run and epoch of the activation set; absent in analyses from before they were stored. */
  readonly runId?: string;
  readonly epoch?: number;
  readonly basis: ArtifactRef;
  readonly query: VectoredSample;
  readonly samples: readonly VectoredSample[];
}

/**
 * Areas under the euclidean distance to the other sample's perception vector while places are emptied, from
 * none to all: the map's hottest first, and random ones of the same grain (mean of several). A map of what is
 * shared takes the two apart faster: its area is larger.
 */
export interface DistanceGrowth {
  readonly deletion: number;
  readonly randomDeletion: number;
}

/** Shared areas of one similar sample: where each of the two drives the perception vector to the other's. */
export interface SharedAreaEntry {
  readonly split: LocatedSample['split'];
  readonly sampleId: string;
  readonly row: number;
  /** Euclidean distance of the perception vectors. */
  readonly distance: number;
  readonly queryHeatMap: HeatMapEntry;
  readonly sampleHeatMap: HeatMapEntry;
  /** Absent in analyses that were made before it was checked. */
  readonly queryGrowth?: DistanceGrowth;
  readonly sampleGrowth?: DistanceGrowth;
}

export interface SimilarityAnalysis extends JobResource {
  readonly layer: string;
  readonly source: SimilaritySource;
  readonly areas: readonly SharedAreaEntry[];
}

/** Samples that one worker compares at a time. */
const SAMPLES_PER_SHARD = 8;

/** Shards of the work on a similarity analysis. */
export const similarityShards = ({ samples }: SimilaritySource): number =>
  Math.ceil(samples.length / SAMPLES_PER_SHARD);

/** The id of a similarity analysis: asking twice for the same finds the same one. */
export const similarityAnalysisId = (
  { activationSetId, query, samples }: SimilaritySource,
  layer: string,
): string =>
  deriveUuid(
    'similarity-analysis',
    String(METHOD),
    activationSetId,
    layer,
    ...[query, ...samples].flatMap(({ split, sampleId }) => [split, sampleId]),
  );
