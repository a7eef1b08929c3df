import type { NeighborGraph } from '@noema/manifold';

/** Neighbours of a sample that may connect it, the least size of a group, and the most groups. */
const [NEAREST, LEAST, MOST] = [5, 5, 12];

/**
 * Joins samples where one is among the nearest neighbours of the other, directly or through others. Returns the groups
 * of at least five, largest first, at most twelve, and then all other samples as one list.
 */
export function groupOutliers(
  rows: readonly number[],
  graph: NeighborGraph | undefined,
): { readonly groups: number[][]; readonly singles: number[] } {
  if (graph === undefined) return { groups: [], singles: [...rows] };
  const parents = new Map(rows.map((row) => [row, row]));
  const find = (row: number): number => {
    let root = row;
    while (parents.get(root) !== root) root = parents.get(root)!;
    for (let at = row; at !== root; ) {
      const next = parents.get(at)!;
      parents.set(at, root);
      at = next;
    }
    return root;
  };
  const near = (row: number): Int32Array =>
    graph.indices.subarray(row * graph.k, row * graph.k + Math.min(NEAREST, graph.k));
  for (const row of rows)
    for (const other of near(row)) if (parents.has(other)) parents.set(find(row), find(other));
  const byRoot = new Map<number, number[]>();
  for (const row of rows) {
    const root = find(row);
    const group = byRoot.get(root) ?? [];
    byRoot.set(root, group);
    group.push(row);
  }
  const groups = [...byRoot.values()]
    .filter(({ length }) => length >= LEAST)
    .sort((a, b) => b.length - a.length || a[0]! - b[0]!)
    .slice(0, MOST);
  const grouped = new Set(groups.flat());
  return { groups, singles: rows.filter((row) => !grouped.has(row)) };
}
