import type { ArtifactRef } from '@noema/kernel';

/** A neighbour graph that was announced: with its vectors all that a map is made from. */
export interface NeighborGraphRecord {
  readonly id: string;
  readonly teamId: string;
  readonly projectId: string;
  readonly activationSetId: string;
  readonly runId: string;
  /** From 1. */
  readonly epoch: number;
  readonly datasetVersionId: string;
  readonly perceptionSpaceId: string;
  readonly sampleCount: number;
  /** Neighbours of a sample. */
  readonly k: number;
  readonly artifact: ArtifactRef;
  /** Vectors by shard, in the order of the rows. */
  readonly vectors: readonly ArtifactRef[];
  /** Loss and prediction of every sample. */
  readonly evaluation: ArtifactRef | undefined;
  /** Branch of a recorded run; 0 for the first branch, and for runs of the platform. */
  readonly branch: number;
  /** First epoch of the branch: graphs of lower branches from it on are obsolete. */
  readonly branchStart: number;
}
