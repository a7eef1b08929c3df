import type { ArtifactRef, JobResources } from '@noema/kernel';
import type { HeatMapEntry } from './analysis.js';
import type { ArtifactOwner } from './analysis.ports.js';
import type { SelectionAnalysis } from './selection-analysis.js';

export type NewSelectionAnalysis = Pick<SelectionAnalysis, 'id' | 'source' | 'jobId'>;
export type SelectionAnalyses = JobResources<
  SelectionAnalysis,
  NewSelectionAnalysis,
  readonly HeatMapEntry[]
>;

/** Queues the job of an analysis with its shards, in the ambient transaction, and returns its id. */
export interface SelectionJobs {
  queueSelectionAnalysis(teamId: string, id: string, shards: number): Promise<string>;
}

/** Sums of one shard by name. */
export type NamedSums = Readonly<Record<string, Float64Array>>;

/**
 * What shards of a selection leave for the last step; no row names it, so that it is swept some time after.
 */
export interface SelectionFiles {
  writeSums(owner: ArtifactOwner, shard: number, sums: NamedSums): Promise<ArtifactRef>;
  /** The sums of that name. */
  readSums(ref: ArtifactRef, name: string): Promise<Float32Array>;
}
