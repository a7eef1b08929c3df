import type { ArtifactRef } from '@noema/kernel';
import type { RowMask } from './row-mask.js';

/** The perception vectors of all samples after an epoch, as the service that made them announced it. */
export interface ActivationSet {
  readonly id: string;
  readonly teamId: string;
  readonly projectId: string;
  readonly runId: string;
  /** From 1. */
  readonly epoch: number;
  readonly datasetVersionId: string;
  readonly perceptionSpaceId: string;
  readonly sampleCount: number;
  /** Columns of a vector. */
  readonly dimensions: number;
  /** Vectors by shard, in the order of the rows. */
  readonly vectors: readonly ArtifactRef[];
  /** Loss and prediction of every sample. */
  readonly evaluation: ArtifactRef | undefined;
  /** Rows that are not found any more. */
  readonly removed?: RowMask | undefined;
  /** Branch of a recorded run; 0 for the first branch, and for runs of the platform. */
  readonly branch: number;
  /** First epoch of the branch: sets of lower branches from it on are obsolete. */
  readonly branchStart: number;
}
