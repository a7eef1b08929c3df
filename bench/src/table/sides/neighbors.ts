import { type NeighborGraph, nearestNeighbors, type Points } from '@noema/manifold';

/** All neighbours of a population, exact, in threads. */
export async function findNeighbors(cloud: Points, k: number): Promise<NeighborGraph> {
  const { graph } = await nearestNeighbors(cloud, k, { exactUpTo: cloud.n });
  return graph;
}
