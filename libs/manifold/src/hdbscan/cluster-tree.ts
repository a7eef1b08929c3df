import type { MergeTree } from './merge-tree.js';

/**
 * The tree of clusters of a minimum size (Campello et al. 2013, section 3.3); λ is 1/distance. Cluster 0 has
 * all points, and a cluster comes after its parent. For every point, the cluster that it falls out of, and at
 * which λ.
 */
export interface ClusterTree {
  readonly parents: readonly number[];
  /**
   * Excess of mass: Σ over the cluster's points of (λ at which the point leaves − λ at which the cluster
   * starts).
   */
  readonly stabilities: readonly number[];
  /** Largest λ at which a point leaves the cluster. */
  readonly deaths: readonly number[];
  readonly clusterByPoint: Int32Array;
  readonly lambdas: Float64Array;
}

/**
 * Walks the merges from the top. A split creates clusters only if both sides have at least `minClusterSize`
 * points.
 */
export function clusterTree(tree: MergeTree, minClusterSize: number): ClusterTree {
  const { n, left, right, heights, sizes } = tree;
  const least = smallestHeight(heights);
  const parents = [-1];
  const births = [0];
  const stabilities = [0];
  const deaths = [0];
  const clusterByPoint = new Int32Array(n);
  const lambdas = new Float64Array(n);
  const getSize = (node: number): number => (node < n ? 1 : sizes[node - n]!);
  const leave = (cluster: number, lambda: number, count: number): void => {
    stabilities[cluster]! += count * (lambda - births[cluster]!);
    deaths[cluster] = Math.max(deaths[cluster]!, lambda);
  };
  const stack: [node: number, cluster: number][] = [[2 * n - 2, 0]];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const [node, cluster] = top;
    const lambda = 1 / Math.max(heights[node - n]!, least);
    const sides = [left[node - n]!, right[node - n]!];
    const split = sides.every((side) => getSize(side) >= minClusterSize);
    for (const side of sides) {
      if (split) {
        leave(cluster, lambda, getSize(side));
        parents.push(cluster);
        births.push(lambda);
        stabilities.push(0);
        deaths.push(0);
        stack.push([side, parents.length - 1]);
      } else if (getSize(side) >= minClusterSize) stack.push([side, cluster]);
      else {
        leave(cluster, lambda, getSize(side));
        for (const point of pointsUnder(tree, side))
          [clusterByPoint[point], lambdas[point]] = [cluster, lambda];
      }
    }
  }
  return { parents, stabilities, deaths, clusterByPoint, lambdas };
}

/**
 * Returns a height for merges of equal points that keeps λ finite: a millionth of the smallest other height.
 */
function smallestHeight(heights: Float64Array): number {
  const smallest = heights.find((height) => height > 0) ?? 1;
  return (smallest === Infinity ? 1 : smallest) * 1e-6;
}

function pointsUnder({ n, left, right }: MergeTree, node: number): number[] {
  const found: number[] = [];
  const stack = [node];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    if (top < n) found.push(top);
    else stack.push(left[top - n]!, right[top - n]!);
  }
  return found;
}

/**
 * Returns the disjoint clusters of the greatest total stability (excess of mass), never the one of all
 * points.
 */
export function mostStable({ parents, stabilities }: ClusterTree): Set<number> {
  const best = [...stabilities];
  const below = parents.map(() => 0);
  const chosen = new Set<number>();
  for (let cluster = parents.length - 1; cluster > 0; cluster--) {
    if (below[cluster]! > best[cluster]!) best[cluster] = below[cluster]!;
    else chosen.add(cluster);
    below[parents[cluster]!]! += best[cluster]!;
  }
  const covered = new Set<number>();
  for (let cluster = 1; cluster < parents.length; cluster++) {
    const parent = parents[cluster]!;
    if (!chosen.has(parent) && !covered.has(parent)) continue;
    covered.add(cluster);
    chosen.delete(cluster);
  }
  return chosen;
}
