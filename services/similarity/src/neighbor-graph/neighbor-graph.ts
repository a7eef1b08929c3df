import type { ArtifactRef, JobResource } from '@noema/kernel';

/** Neighbours of a sample that we keep: enough for maps, trust numbers and fetch similar. */
const GRAPH_K = 24;

/**
 * How the neighbours of all samples are found: by comparing all pairs, part by part on all workers, or by
 * NN-descent (Dong, Moses & Li 2011) on one.
 */
export type NeighborMethod = 'exact' | 'nn-descent';

/** The neighbours of every sample, made once for each activation set. */
export interface NeighborGraphRecord extends JobResource {
  readonly projectId: string;
  readonly activationSetId: string;
  readonly sampleCount: number;
  readonly k: number;
  readonly method: NeighborMethod;
  /** Share of the true k neighbours in it, measured by brute force on some queries. */
  readonly recall: number;
  readonly medianDistance: number;
  readonly artifact: ArtifactRef | undefined;
}

/** Neighbours that a population of n samples can have, at most GRAPH_K. */
export const countNeighbors = (sampleCount: number): number => Math.min(GRAPH_K, sampleCount - 1);
