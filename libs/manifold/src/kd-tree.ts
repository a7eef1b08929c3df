import type { Points } from './points.js';

const LEAF = 12;

/** A k-d tree over few-dimensional points for exact nearest neighbours; ties are resolved by index, also among many equal points. */
export class KdTree {
  /** The points, those of a leaf beside each other: node 1 holds all, and node v's halves are 2v and 2v + 1. */
  readonly order: Int32Array;
  /** Level of the leaves, 0 for the root's. */
  readonly depth: number;
  /** Per node the smallest and the largest index inside. */
  readonly smallest: Int32Array;
  readonly largest: Int32Array;
  /** Per node the bounding box [2·d]. */
  private readonly boxes: Float64Array;

  constructor(private readonly cloud: Points) {
    const { n, d } = cloud;
    this.order = Int32Array.from({ length: n }, (_, i) => i);
    this.depth = Math.max(0, Math.ceil(Math.log2(n / LEAF)));
    const nodes = 2 ** (this.depth + 1);
    this.boxes = new Float64Array(nodes * 2 * d);
    this.smallest = new Int32Array(nodes);
    this.largest = new Int32Array(nodes);
    this.build(1, 0, n, 0);
  }

  /** Writes the k nearest of point i, nearest first, without itself: `indices` [k], `squares` [k] squared distances. */
  nearest(i: number, indices: Int32Array, squares: Float64Array): void {
    squares.fill(Infinity);
    indices.fill(0x7fffffff);
    this.visit(1, 0, this.cloud.n, 0, i, indices, squares);
  }

  private build(node: number, from: number, to: number, level: number): void {
    const { data, d } = this.cloud;
    let smallest = 0x7fffffff, largest = -1, axis = 0, widest = -1;
    for (let at = from; at < to; at++) {
      smallest = Math.min(smallest, this.order[at]!);
      largest = Math.max(largest, this.order[at]!);
    }
    this.smallest[node] = smallest;
    this.largest[node] = largest;
    for (let c = 0; c < d; c++) {
      let low = Infinity, high = -Infinity;
      for (let at = from; at < to; at++) {
        const x = data[this.order[at]! * d + c]!;
        if (x < low) low = x;
        if (x > high) high = x;
      }
      this.boxes[(node * d + c) * 2] = low;
      this.boxes[(node * d + c) * 2 + 1] = high;
      if (high - low > widest) [widest, axis] = [high - low, c];
    }
    if (level === this.depth) return;
    const middle = (from + to) >> 1;
    this.part(from, to - 1, middle, axis);
    this.build(2 * node, from, middle, level + 1);
    this.build(2 * node + 1, middle, to, level + 1);
  }

  /** Puts what belongs at `middle` along the axis there, ties by index, and the smaller before it (quickselect: Hoare 1961). */
  private part(low: number, high: number, middle: number, axis: number): void {
    const { cloud: { data, d }, order } = this;
    const before = (a: number, b: number): boolean => {
      const gap = data[a * d + axis]! - data[b * d + axis]!;
      return gap < 0 || (gap === 0 && a < b);
    };
    while (low < high) {
      const pivot = order[(low + high) >> 1]!;
      let left = low, right = high;
      while (left <= right) {
        while (before(order[left]!, pivot)) left++;
        while (before(pivot, order[right]!)) right--;
        if (left > right) break;
        [order[left], order[right]] = [order[right]!, order[left]!];
        left++;
        right--;
      }
      if (middle <= right) high = right;
      else if (middle >= left) low = left;
      else return;
    }
  }

  private visit(node: number, from: number, to: number, level: number, i: number, indices: Int32Array, squares: Float64Array): void {
    if (level === this.depth) {
      for (let at = from; at < to; at++) this.offer(this.order[at]!, i, indices, squares);
      return;
    }
    const middle = (from + to) >> 1, left = 2 * node;
    const toLeft = this.nearestInBox(left, i), toRight = this.nearestInBox(left + 1, i);
    const first = toLeft <= toRight ? left : left + 1;
    for (const child of [first, first ^ 1]) {
      const distance = child === left ? toLeft : toRight, last = squares.length - 1;
      if (distance > squares[last]! || (distance === squares[last]! && this.smallest[child]! > indices[last]!)) continue;
      if (child === left) this.visit(child, from, middle, level + 1, i, indices, squares);
      else this.visit(child, middle, to, level + 1, i, indices, squares);
    }
  }

  private offer(j: number, i: number, indices: Int32Array, squares: Float64Array): void {
    if (j === i) return;
    const { data, d } = this.cloud;
    let sum = 0;
    for (let c = 0; c < d; c++) sum += (data[i * d + c]! - data[j * d + c]!) ** 2;
    let at = squares.length - 1;
    if (sum > squares[at]! || (sum === squares[at]! && j > indices[at]!)) return;
    for (; at > 0 && (squares[at - 1]! > sum || (squares[at - 1]! === sum && indices[at - 1]! > j)); at--) {
      squares[at] = squares[at - 1]!;
      indices[at] = indices[at - 1]!;
    }
    squares[at] = sum;
    indices[at] = j;
  }

  /** A lower bound of the squared distances from point i to those of a node. */
  nearestInBox(node: number, i: number): number {
    const { data, d } = this.cloud;
    let sum = 0;
    for (let c = 0; c < d; c++) {
      const x = data[i * d + c]!, low = this.boxes[(node * d + c) * 2]!, high = this.boxes[(node * d + c) * 2 + 1]!;
      const gap = x < low ? low - x : x > high ? x - high : 0;
      sum += gap * gap;
    }
    return sum;
  }

  /** An upper bound of them. */
  farthestInBox(node: number, i: number): number {
    const { data, d } = this.cloud;
    let sum = 0;
    for (let c = 0; c < d; c++) {
      const x = data[i * d + c]!, gap = Math.max(x - this.boxes[(node * d + c) * 2]!, this.boxes[(node * d + c) * 2 + 1]! - x);
      sum += gap * gap;
    }
    return sum;
  }
}
