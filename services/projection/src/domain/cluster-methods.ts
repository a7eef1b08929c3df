import { Registry } from '@noema/kernel';
import {
  chooseClusterCount,
  defaultStarts,
  hdbscan,
  kMeans,
  type NeighborGraph,
  type Points,
} from '@noema/manifold';
import type { Clustering } from './exploration.js';

/**
 * The cluster of every point [n], −1 for none, clusters numbered from the largest to the smallest, and what
 * they were found with.
 */
export interface ClusterResult {
  readonly assignment: Int32Array;
  readonly sizes: readonly number[];
  readonly settings: Partial<
    Pick<Clustering, 'clusterCount' | 'starts' | 'minClusterSize' | 'minSamples' | 'inertia'>
  >;
}

export interface ClusterInput {
  readonly vectors: Points;
  /** At least `minSamples` − 1 neighbours of each point, where there are as many. */
  readonly neighbors: NeighborGraph;
  /** Clusters of k-means. */
  readonly count: number;
  /** Starts of k-means; 0 for the usual. */
  readonly starts: number;
  /** Fewest points of a density cluster; 0 for the usual. */
  readonly minSize: number;
  /** Neighbour whose distance is a point's density, the point itself the first; 0 for the usual. */
  readonly minSamples: number;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
}

/** A way to put perception vectors into clusters. */
export interface ClusterMethod {
  readonly key: string;
  find(input: ClusterInput): Promise<ClusterResult>;
}

const kMeansMethod: ClusterMethod = {
  key: 'k-means',
  async find({ vectors, count, starts, seed, signal }) {
    const used = starts > 0 ? starts : defaultStarts(vectors.n);
    const { assignment, sizes, inertia } = await kMeans(vectors, count, {
      seed,
      starts: used,
      ...(signal && { signal }),
    });
    return { assignment, sizes, settings: { clusterCount: count, starts: used, inertia } };
  },
};

const chosenKMeansMethod: ClusterMethod = {
  key: 'k-means-silhouette',
  async find(input) {
    const { vectors, seed, starts, signal } = input;
    const { k } = await chooseClusterCount(vectors, {
      seed,
      ...(starts > 0 && { starts }),
      ...(signal && { signal }),
    });
    return kMeansMethod.find({ ...input, count: k });
  },
};

const densityMethod: ClusterMethod = {
  key: 'hdbscan',
  async find({ vectors, neighbors, minSize, minSamples, signal }) {
    const { assignment, sizes, settings } = await hdbscan(vectors, neighbors, {
      ...(minSize > 0 && { minClusterSize: minSize }),
      ...(minSamples > 0 && { minSamples }),
      ...(signal && { signal }),
    });
    return { assignment, sizes, settings };
  },
};

/** All ways to find clusters; one more is one object and one entry here. */
export const clusterMethods = new Registry('cluster method', [
  kMeansMethod,
  chosenKMeansMethod,
  densityMethod,
]);
