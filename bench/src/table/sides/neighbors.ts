import type { NeighborGraph, Points } from '@noema/manifold';
import { exactKind } from '@noema/similarity/indexes';

/** All neighbours of a population as the similarity service finds them for its graph: by the exact index. */
export async function neighborsOf(cloud: Points, k: number): Promise<NeighborGraph> {
  const index = await exactKind().open(cloud, {}, undefined);
  const { rows, distances } = await index.search(cloud, k, { firstRow: 0 });
  await index.close();
  return { n: cloud.n, k, indices: rows, distances };
}
