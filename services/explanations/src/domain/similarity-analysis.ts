import { type ArtifactRef, type Fault, type JobState, uuidOf } from '@noema/kernel';
import type { HeatMapEntry, LocatedSample, ModelSource } from './analysis.js';

/** Grows with every change of what the maps mean, so that no analysis of before is taken for one of now. */
const METHOD = 4;

/** A sample with its perception vector's file. */
export interface VectoredSample extends LocatedSample {
  /** Arrow `vectors` [rows, dimensions] of the sample's shard. */
  readonly vectors: ArtifactRef;
}

/** Everything that a similarity analysis is made of. */
export interface SimilaritySource extends ModelSource {
  readonly projectId: string;
  readonly activationSetId: string;
  readonly basis: ArtifactRef;
  readonly query: VectoredSample;
  readonly samples: readonly VectoredSample[];
}

/** What makes one similar sample similar: where each of the two drives the perception vector to the other's. */
export interface SharedAreaEntry {
  readonly split: LocatedSample['split'];
  readonly sampleId: string;
  readonly row: number;
  /** Euclidean distance of the perception vectors. */
  readonly distance: number;
  readonly queryHeatMap: HeatMapEntry;
  readonly sampleHeatMap: HeatMapEntry;
}

export interface SimilarityAnalysis {
  readonly id: string;
  readonly layer: string;
  readonly source: SimilaritySource;
  readonly areas: readonly SharedAreaEntry[];
  readonly jobId: string;
  readonly state: JobState;
  readonly fault?: Fault | undefined;
  readonly createTime: Date;
  readonly readyTime?: Date | undefined;
}

/** The id of a similarity analysis: asking twice for the same finds the same one. */
export const similarityAnalysisId = ({ activationSetId, query, samples }: SimilaritySource, layer: string): string =>
  uuidOf('similarity-analysis', String(METHOD), activationSetId, layer, ...[query, ...samples].flatMap(({ split, sampleId }) => [split, sampleId]));
