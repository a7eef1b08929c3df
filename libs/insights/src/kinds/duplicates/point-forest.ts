import { seededRandom } from '@noema/kernel/random';
import { insertNeighbor, type Points } from '@noema/manifold';

const LEAF = 32;
const STRIDE = 7;

interface Split {
  /** [d], the direction of the split. */
  readonly direction: Float32Array;
  readonly threshold: number;
  readonly below: Node;
  readonly above: Node;
}
type Node = Split | Int32Array;

/**
 * Random projection trees (Dasgupta & Freund 2008) over points, split at the median of a direction between two random
 * points. Points that are far closer to a query than others are in one of its leaves almost always, in O(log n).
 */
export class PointForest {
  private readonly trees: readonly Node[];
  private readonly visited: Int32Array;
  private visit = 0;

  constructor(
    private readonly points: Points,
    { trees, seed }: { readonly trees: number; readonly seed: number },
  ) {
    this.visited = new Int32Array(points.n);
    this.trees = Array.from({ length: trees }, (_, tree) =>
      this.split(
        Int32Array.from({ length: points.n }, (__, row) => row),
        seededRandom(seed, tree),
      ),
    );
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
    this.visit++;
    for (const tree of this.trees)
      for (const row of findLeaf(tree, query)) {
        if (this.visited[row] === this.visit || row === self) continue;
        this.visited[row] = this.visit;
        const limit = squares[last]!;
        let square = 0;
        for (let c = 0, at = row * d; c < d && square <= limit; ) {
          // The sum is looked at once in seven terms: descriptors differ most in their first ones.
          for (const end = Math.min(d, c + STRIDE); c < end; c++) {
            const gap = query[c]! - data[at + c]!;
            square += gap * gap;
          }
        }
        if (square <= limit) insertNeighbor(row, square, rows, squares);
      }
  }

  private split(rows: Int32Array, random: () => number): Node {
    if (rows.length <= LEAF) return rows;
    const { data, d } = this.points;
    const [a, b] = [
      rows[Math.floor(random() * rows.length)]! * d,
      rows[Math.floor(random() * rows.length)]! * d,
    ];
    const direction = new Float32Array(d).map((_, c) => data[a + c]! - data[b + c]!);
    const heights = Float64Array.from(rows, (row) => project(direction, data, row * d));
    const threshold = heights.toSorted()[rows.length >> 1]!;
    let below = rows.filter((_, at) => heights[at]! < threshold);
    let above = rows.filter((_, at) => heights[at]! >= threshold);
    // Equal heights, as of equal points, do not split.
    if (below.length === 0) [below, above] = [rows.slice(0, rows.length >> 1), rows.slice(rows.length >> 1)];
    return { direction, threshold, below: this.split(below, random), above: this.split(above, random) };
  }
}

function findLeaf(tree: Node, query: Float32Array): Int32Array {
  let node = tree;
  while (!(node instanceof Int32Array))
    node = project(node.direction, query, 0) < node.threshold ? node.below : node.above;
  return node;
}

function project(direction: Float32Array, data: Float32Array, offset: number): number {
  let sum = 0;
  for (let c = 0; c < direction.length; c++) sum += direction[c]! * data[offset + c]!;
  return sum;
}
