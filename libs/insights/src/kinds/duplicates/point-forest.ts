import { seededRandom } from '@noema/kernel/random';
import { insertNeighbor, type Points } from '@noema/manifold';
import { shared } from '@noema/threads';

const LEAF = 32;
const STRIDE = 7;

/** A tree in arrays that threads share. */
export interface Tree {
  /** Of the split of each inner node, [nodes, d]. */
  readonly directions: Float32Array;
  /** [nodes] */
  readonly thresholds: Float64Array;
  /** The nodes below and above each split, [nodes, 2]; a leaf is −1 less its number. */
  readonly children: Int32Array;
  /** Points, one leaf after the other. */
  readonly rows: Int32Array;
  /** Where each leaf starts in `rows`, [leaves + 1]. */
  readonly starts: Int32Array;
}

/**
 * Grows a random projection tree (Dasgupta & Freund 2008), split at the median of a direction between two random
 * points.
 */
export function growTree({ data, n, d }: Points, { seed, tree }: { seed: number; tree: number }): Tree {
  const random = seededRandom(seed, tree);
  const directions: Float32Array[] = [];
  const thresholds: number[] = [];
  const children: number[] = [];
  const rows = new Int32Array(n);
  const starts = [0];
  /** Returns the node of some points. */
  const split = (own: Int32Array): number => {
    if (own.length <= LEAF) {
      rows.set(own, starts.at(-1));
      return -starts.push(starts.at(-1)! + own.length) + 1;
    }
    const [a, b] = [own[Math.floor(random() * own.length)]! * d, own[Math.floor(random() * own.length)]! * d];
    const direction = new Float32Array(d).map((_, c) => data[a + c]! - data[b + c]!);
    const heights = Float64Array.from(own, (row) => project(direction, 0, data, row * d, d));
    const threshold = heights.toSorted()[own.length >> 1]!;
    let below = own.filter((_, at) => heights[at]! < threshold);
    let above = own.filter((_, at) => heights[at]! >= threshold);
    // Equal heights, as of equal points, do not split.
    if (below.length === 0) [below, above] = [own.slice(0, own.length >> 1), own.slice(own.length >> 1)];
    const node = directions.push(direction) - 1;
    thresholds.push(threshold);
    children.push(0, 0);
    children[2 * node] = split(below);
    children[2 * node + 1] = split(above);
    return node;
  };
  split(Int32Array.from({ length: n }, (_, row) => row));
  const flat = new Float32Array(directions.length * d);
  directions.forEach((direction, node) => {
    flat.set(direction, node * d);
  });
  return {
    directions: shared(flat),
    thresholds: shared(Float64Array.from(thresholds)),
    children: shared(Int32Array.from(children)),
    rows: shared(rows),
    starts: shared(Int32Array.from(starts)),
  };
}

/** Trees over points. Points far closer to a query than others are in one of its leaves almost always: O(log n). */
export class PointForest {
  private readonly visited: Int32Array;
  private visit = 0;

  constructor(
    private readonly points: Points,
    private readonly trees: readonly Tree[],
  ) {
    this.visited = new Int32Array(points.n);
  }

  /**
   * Writes the nearest points to a query among its leaves, without `self`: `rows` [k], −1 for none, and the squares of
   * their distances [k], rising, ties by row. Points beyond the square of `within` are no matches.
   */
  search(
    query: Float32Array,
    self: number,
    {
      rows,
      squares,
      within,
    }: { readonly rows: Int32Array; readonly squares: Float64Array; readonly within: number },
  ): void {
    const { data, d } = this.points;
    rows.fill(-1);
    squares.fill(within);
    const last = rows.length - 1;
    const visit = ++this.visit;
    for (const tree of this.trees) {
      const leaf = findLeaf(tree, query);
      for (let i = tree.starts[leaf]!, end = tree.starts[leaf + 1]!; i < end; i++) {
        const row = tree.rows[i]!;
        if (this.visited[row] === visit || row === self) continue;
        this.visited[row] = visit;
        const limit = squares[last]!;
        let square = 0;
        for (let c = 0, at = row * d; c < d && square <= limit; ) {
          // The sum is looked at once in seven terms: descriptors differ most in their first ones.
          for (const stop = Math.min(d, c + STRIDE); c < stop; c++) {
            const gap = query[c]! - data[at + c]!;
            square += gap * gap;
          }
        }
        if (square <= limit) insertNeighbor(row, square, rows, squares);
      }
    }
  }
}

/** Returns the number of the leaf of a query. A tree without a split has one leaf. */
function findLeaf({ directions, thresholds, children }: Tree, query: Float32Array): number {
  if (thresholds.length === 0) return 0;
  const d = query.length;
  let node = 0;
  while (node >= 0)
    node = children[2 * node + Number(project(directions, node * d, query, 0, d) >= thresholds[node]!)]!;
  return -node - 1;
}

/** Scalar product of d values, in four sums that do not wait for each other. */
function project(a: Float32Array, aFrom: number, b: Float32Array, bFrom: number, d: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let c = 0;
  for (; c + 3 < d; c += 4) {
    s0 += a[aFrom + c]! * b[bFrom + c]!;
    s1 += a[aFrom + c + 1]! * b[bFrom + c + 1]!;
    s2 += a[aFrom + c + 2]! * b[bFrom + c + 2]!;
    s3 += a[aFrom + c + 3]! * b[bFrom + c + 3]!;
  }
  for (; c < d; c++) s0 += a[aFrom + c]! * b[bFrom + c]!;
  return s0 + s1 + (s2 + s3);
}
