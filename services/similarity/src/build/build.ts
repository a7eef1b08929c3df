import type { NeighborMethod } from '../neighbor-graph/neighbor-graph.js';

/** Rows whose neighbours one worker finds at a time. */
export const SHARD_ROWS = 16_384;

/** Payload of a job that builds an index and, for the first one of a set, its neighbour graph. */
export interface BuildPayload {
  readonly activationSetId: string;
  readonly indexId: string;
  /** Empty when the set has its graph already. */
  readonly neighborGraphId: string;
  /** How its neighbours are found. Default: exact. */
  readonly method?: NeighborMethod;
}
