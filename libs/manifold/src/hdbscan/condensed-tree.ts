import { checkNeighbors, type NeighborGraph } from '../neighbor-graph.js';
import type { Points } from '../points.js';
import { type ClusterTree, clusterTree } from './cluster-tree.js';
import { mergeTree } from './merge-tree.js';
import { graphSpanningTree } from './spanning-tree.js';

/** Maximum number of unconnected components that are compared with each other. */
const MAX_PARTS = 2_000;

/**
 * Returns all clusters of a minimum size of a population, not only the most stable ones, from the edges of its
 * neighbour graph under mutual reachability; the last neighbour gives the core distance. Needs two points or more.
 * Throws `invalid` NEIGHBORS_INVALID, `cancelled`.
 */
export async function condensedTree(
  cloud: Points,
  neighbors: NeighborGraph,
  { minClusterSize, signal }: { readonly minClusterSize: number; readonly signal?: AbortSignal },
): Promise<ClusterTree> {
  const { n, k, distances } = neighbors;
  checkNeighbors(neighbors, cloud.n);
  const cores = Float64Array.from({ length: n }, (_, i) => distances[(i + 1) * k - 1]!);
  return clusterTree(
    mergeTree(await graphSpanningTree(cloud, neighbors, cores, MAX_PARTS, signal)),
    minClusterSize,
  );
}
