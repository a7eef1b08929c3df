import { DomainError } from '@noema/kernel';
import { checkNeighbors, type NeighborGraph } from '../neighbor-graph.js';
import { type Points, squareBetween } from '../points.js';
import { type ClusterTree, clusterTree, mostStable } from './cluster-tree.js';
import { mergeTree } from './merge-tree.js';
import { exactSpanningTree, graphSpanningTree } from './spanning-tree.js';

/**
 * Density clusters numbered from the largest to the smallest: of every point [n] its cluster, −1 for noise,
 * and how firmly it belongs, 0 to 1; sizes [k].
 */
export interface DensityClusters {
  readonly assignment: Int32Array;
  readonly strength: Float32Array;
  readonly sizes: readonly number[];
  /** Points that belong to no cluster. */
  readonly noise: number;
  /** False when the tree was that of the neighbour graph's edges only. */
  readonly exact: boolean;
  /** What was used for it, defaults included. */
  readonly settings: { readonly minClusterSize: number; readonly minSamples: number };
}

export interface HdbscanOptions {
  /** Fewest points of a cluster; default 1 in 200, at least 10. */
  readonly minClusterSize?: number;
  /**
   * The core distance is that to this neighbour, the point itself counted as the first; default 10, fewer
   * when the graph holds fewer.
   */
  readonly minSamples?: number;
  /** Largest population whose pairs are all compared; default 20,000. */
  readonly exactUpTo?: number;
  readonly signal?: AbortSignal;
}

/** Unconnected parts of a neighbour graph that are compared with each other. */
const MAX_PARTS = 20_000;

/**
 * HDBSCAN (Campello, Moulavi & Sander 2013), excess of mass, equal to scikit-learn's: exact from all pairs up
 * to `exactUpTo` points, beyond from the edges of the neighbour graph, whose unconnected parts are joined
 * between their densest points. Where nothing is denser than anything else all points are one cluster. Throws
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
  const cores = Float64Array.from({ length: n }, (_, i) => coreOf(cloud, neighbors, i, minSamples));
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

/** In float64, so that the many equal edges of mutual reachability are equal. */
function coreOf(cloud: Points, { k, indices }: NeighborGraph, i: number, minSamples: number): number {
  return minSamples < 2 ? 0 : Math.sqrt(squareBetween(cloud, i, indices[i * k + minSamples - 2]!));
}

function labelled(tree: ClusterTree): Omit<DensityClusters, 'exact' | 'settings'> {
  const { parents, clusterOf, lambdas, deaths } = tree;
  const chosen = mostStable(tree);
  const n = clusterOf.length;
  const home = new Int32Array(parents.length).fill(-1);
  const counts = new Map<number, number>();
  for (let cluster = 1; cluster < parents.length; cluster++)
    home[cluster] = chosen.has(cluster) ? cluster : home[parents[cluster]!]!;
  for (const cluster of clusterOf)
    if (home[cluster]! >= 0) counts.set(home[cluster]!, (counts.get(home[cluster]!) ?? 0) + 1);
  const order = [...counts].sort(([a, many], [b, few]) => few - many || a - b);
  const label = new Map(order.map(([cluster], position) => [cluster, position]));
  const assignment = new Int32Array(n).fill(-1);
  const strength = new Float32Array(n);
  let noise = 0;
  for (let i = 0; i < n; i++) {
    const own = home[clusterOf[i]!]!;
    if (own < 0) noise++;
    else [assignment[i], strength[i]] = [label.get(own)!, Math.min(lambdas[i]!, deaths[own]!) / deaths[own]!];
  }
  return { assignment, strength, sizes: order.map(([, count]) => count), noise };
}
