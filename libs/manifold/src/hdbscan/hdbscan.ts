import { DomainError } from '@noema/kernel';
import { checkNeighbors, type NeighborGraph } from '../neighbor-graph.js';
import { type Points, squareBetween } from '../points.js';
import { type ClusterTree, clusterTree, mostStable } from './cluster-tree.js';
import { mergeTree } from './merge-tree.js';
import { exactSpanningTree, graphSpanningTree } from './spanning-tree.js';

/**
 * Density clusters, numbered from the largest to the smallest: the cluster of every point [n], −1 for noise;
 * its membership strength, 0 to 1; sizes [k].
 */
export interface DensityClusters {
  readonly assignment: Int32Array;
  readonly strength: Float32Array;
  readonly sizes: readonly number[];
  /** Number of points in no cluster. */
  readonly noise: number;
  /** False if the tree was built only from the neighbour graph's edges. */
  readonly exact: boolean;
  /** Settings, with all defaults filled in. */
  readonly settings: { readonly minClusterSize: number; readonly minSamples: number };
}

export interface HdbscanOptions {
  /** Minimum number of points of a cluster. Default: 1 in 200 points, at least 10. */
  readonly minClusterSize?: number;
  /**
   * Rank of the neighbour whose distance is the core distance, counting the point itself as the first.
   * Default: 10, or the size of the graph's rows if that is smaller.
   */
  readonly minSamples?: number;
  /** Largest population for which all pairs are compared. Default: 20,000. */
  readonly exactUpTo?: number;
  readonly signal?: AbortSignal;
}

/** Maximum number of unconnected components of a neighbour graph that are compared with each other. */
const MAX_PARTS = 20_000;

/**
 * HDBSCAN (Campello, Moulavi & Sander 2013) with excess of mass, equal to scikit-learn's. Exact from all
 * pairs up to `exactUpTo` points; above that from the edges of the neighbour graph, whose components are
 * joined between their densest points. If the density is uniform, all points are one cluster. Throws
 * `invalid` CLUSTER_SIZE or NEIGHBORS_INVALID, `cancelled`.
 */
export async function hdbscan(
  cloud: Points,
  neighbors: NeighborGraph,
  options: HdbscanOptions = {},
): Promise<DensityClusters> {
  const { n } = cloud;
  const { minClusterSize = Math.max(10, Math.ceil(n / 200)), exactUpTo = 20_000, signal } = options;
  if (!Number.isInteger(minClusterSize) || minClusterSize < 2) {
    throw new DomainError(
      'invalid',
      'CLUSTER_SIZE',
      `a density cluster of ${minClusterSize} points cannot be; ask for at least 2`,
    );
  }
  checkNeighbors(neighbors, n);
  const minSamples = Math.min(options.minSamples ?? 10, neighbors.k + 1);
  const exact = n <= exactUpTo;
  const settings = { minClusterSize, minSamples };
  const cores = Float64Array.from({ length: n }, (_, i) => computeCore(cloud, neighbors, i, minSamples));
  const spanning = exact
    ? await exactSpanningTree(cloud, cores, signal)
    : await graphSpanningTree(cloud, neighbors, cores, MAX_PARTS, signal);
  const { weights } = spanning;
  if (weights[0] === weights.at(-1))
    return {
      assignment: new Int32Array(n),
      strength: new Float32Array(n).fill(1),
      sizes: [n],
      noise: 0,
      exact,
      settings,
    };
  return { ...labelled(clusterTree(mergeTree(spanning), minClusterSize)), exact, settings };
}

/** In float64, so that equal edges of mutual reachability stay equal. */
function computeCore(cloud: Points, { k, indices }: NeighborGraph, i: number, minSamples: number): number {
  return minSamples < 2 ? 0 : Math.sqrt(squareBetween(cloud, i, indices[i * k + minSamples - 2]!));
}

function labelled(tree: ClusterTree): Omit<DensityClusters, 'exact' | 'settings'> {
  const { parents, clusterByPoint, lambdas, deaths } = tree;
  const chosen = mostStable(tree);
  const n = clusterByPoint.length;
  const home = new Int32Array(parents.length).fill(-1);
  const counts = new Map<number, number>();
  for (let cluster = 1; cluster < parents.length; cluster++)
    home[cluster] = chosen.has(cluster) ? cluster : home[parents[cluster]!]!;
  for (const cluster of clusterByPoint)
    if (home[cluster]! >= 0) counts.set(home[cluster]!, (counts.get(home[cluster]!) ?? 0) + 1);
  const order = [...counts].sort(([a, many], [b, few]) => few - many || a - b);
  const label = new Map(order.map(([cluster], position) => [cluster, position]));
  const assignment = new Int32Array(n).fill(-1);
  const strength = new Float32Array(n);
  let noise = 0;
  for (let i = 0; i < n; i++) {
    const own = home[clusterByPoint[i]!]!;
    if (own < 0) noise++;
    else [assignment[i], strength[i]] = [label.get(own)!, Math.min(lambdas[i]!, deaths[own]!) / deaths[own]!];
  }
  return { assignment, strength, sizes: order.map(([, count]) => count), noise };
}
