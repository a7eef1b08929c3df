import { type MethodDescriptor, type NumberParameter, Registry } from '@noema/kernel';
import {
  chooseClusterCount,
  defaultStarts,
  hdbscan,
  kMeans,
  type NeighborGraph,
  type Points,
} from '@noema/manifold';
import type { Clustering } from '../exploration/exploration.js';

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

/** Properties of a clustering, which clients get with its description. */
// A type, because an interface has no index signature.
export type ClusteringFacts = {
  /** True when it is used where a request names no method. */
  readonly usedByDefault: boolean;
};

/** A way to put perception vectors into clusters. A request gives its parameters in fields of these names. */
export interface ClusterMethod extends MethodDescriptor {
  readonly facts: ClusteringFacts;
  find(input: ClusterInput): Promise<ClusterResult>;
}

/** No population has more samples: rows are int32. */
const MAX_SAMPLES = 2 ** 31 - 1;

/** Starts of k-means at most: enough for any data, and not a way to keep a worker busy for hours. */
export const MAX_STARTS = 1_000;

const STARTS: NumberParameter = {
  type: 'integer',
  name: 'cluster_starts',
  title: 'Starts',
  help: 'Number of starts of k-means; the start with the least inertia is used.',
  default: 0,
  minimum: 0,
  maximum: MAX_STARTS,
  step: 1,
  automatic: '10, or 40 for up to 5,000 samples',
};

const kMeansMethod: ClusterMethod = {
  key: 'k-means',
  title: 'k-means',
  summary: 'Splits the samples into a given number of clusters around centers.',
  reference: 'Arthur & Vassilvitskii 2007',
  parameters: [
    {
      type: 'integer',
      name: 'cluster_count',
      title: 'Clusters',
      help: 'Number of clusters; at most the number of samples.',
      default: 0,
      minimum: 0,
      maximum: MAX_SAMPLES,
      step: 1,
      automatic: 'the number of classes, or 10',
    },
    STARTS,
  ],
  facts: { usedByDefault: true },
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
  title: 'k-means, number by silhouette',
  summary: 'k-means with the number of clusters, 2 to 20, that has the greatest mean silhouette.',
  reference: 'Rousseeuw 1987',
  parameters: [STARTS],
  facts: { usedByDefault: false },
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
  title: 'HDBSCAN',
  summary: 'Finds dense regions; samples in sparse regions belong to no cluster.',
  reference: 'Campello et al. 2013',
  parameters: [
    {
      type: 'integer',
      name: 'min_cluster_size',
      title: 'Smallest cluster',
      help: 'Minimum number of samples of a cluster, 2 or more.',
      default: 0,
      minimum: 0,
      maximum: MAX_SAMPLES,
      step: 1,
      automatic: '1 in 200 samples, at least 10',
    },
    {
      type: 'integer',
      name: 'min_samples',
      title: 'Density neighbor',
      help: 'Rank of the neighbor whose distance defines the density, the sample itself counted.',
      default: 0,
      minimum: 0,
      maximum: MAX_SAMPLES,
      step: 1,
      automatic: '10',
    },
  ],
  facts: { usedByDefault: false },
  async find({ vectors, neighbors, minSize, minSamples, signal }) {
    const { assignment, sizes, settings } = await hdbscan(vectors, neighbors, {
      ...(minSize > 0 && { minClusterSize: minSize }),
      ...(minSamples > 0 && { minSamples }),
      ...(signal && { signal }),
    });
    return { assignment, sizes, settings };
  },
};

/** All ways to find clusters, in the order in which people see them; one more is one object and one entry here. */
export const clusterMethods = new Registry('cluster method', [
  kMeansMethod,
  chosenKMeansMethod,
  densityMethod,
]);

/** The method that is used where a request names none. */
export const defaultClustering = clusterMethods.values().find(({ facts }) => facts.usedByDefault)!;
