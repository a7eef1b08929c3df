import { Registry } from '@noema/kernel';
import { chooseClusterCount, hdbscan, kMeans, type NeighborGraph, type Points } from '@noema/manifold';

/** The cluster of every point [n], −1 for none, clusters numbered from the largest to the smallest. */
export interface FoundClusters {
  readonly assignment: Int32Array;
  readonly sizes: readonly number[];
}

export interface ClusterInput {
  readonly vectors: Points;
  readonly neighbors: NeighborGraph;
  /** Clusters of k-means. */
  readonly count: number;
  /** Fewest points of a density cluster; 0 for the usual. */
  readonly minSize: number;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
}

/** A way to put perception vectors into clusters. */
export interface ClusterMethod {
  readonly key: string;
  find(input: ClusterInput): Promise<FoundClusters>;
}

const kMeansMethod: ClusterMethod = {
  key: 'k-means',
  find: ({ vectors, count, seed, signal }) => kMeans(vectors, count, { seed, ...(signal && { signal }) }),
};

const chosenKMeansMethod: ClusterMethod = {
  key: 'k-means-silhouette',
  find: async (input) => kMeansMethod.find({ ...input, count: (await chooseClusterCount(input.vectors, { seed: input.seed, ...(input.signal && { signal: input.signal }) })).k }),
};

const densityMethod: ClusterMethod = {
  key: 'hdbscan',
  find: ({ vectors, neighbors, minSize, signal }) => hdbscan(vectors, neighbors, { ...(minSize > 0 && { minClusterSize: minSize }), ...(signal && { signal }) }),
};

/** All ways to find clusters; one more is one object and one entry here. */
export const clusterMethods = new Registry('cluster method', [kMeansMethod, chosenKMeansMethod, densityMethod]);
