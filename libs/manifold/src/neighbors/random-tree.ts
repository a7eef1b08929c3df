import { seededRandom } from '@noema/kernel';
import type { Points } from '../points.js';

/**
 * Points by leaf: `order` [n], and for every position in it the start and end of its leaf [n]. May be in
 * shared memory.
 */
export interface Leaves {
  readonly order: Int32Array;
  readonly begins: Int32Array;
  readonly ends: Int32Array;
}

const TRIES = 3;
/**
 * Minimum share of points on each side of a split. A worse split is tried again, and after some attempts made
 * in the middle, as equal points require.
 */
const MIN_SHARE = 0.1;

/**
 * Splits the points by random hyperplanes between two of them, until no leaf has more than `leaf` points
 * (Dasgupta & Freund 2008). Seeded.
 */
export function growTree(
  cloud: Points,
  leaf: number,
  seed: number,
  tree: number,
  { order, begins, ends }: Leaves,
): void {
  const { data, d } = cloud;
  const random = seededRandom(seed, 6, tree);
  const normal = new Float64Array(d);
  order.forEach((_, i) => {
    order[i] = i;
  });
  const stack: [from: number, to: number][] = [[0, cloud.n]];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const [from, to] = top;
    if (to - from <= leaf) {
      begins.fill(from, from, to);
      ends.fill(to, from, to);
      continue;
    }
    let middle = from;
    for (
      let attempt = 0;
      attempt < TRIES && Math.min(middle - from, to - middle) < MIN_SHARE * (to - from);
      attempt++
    )
      middle = split(from, to);
    if (Math.min(middle - from, to - middle) < MIN_SHARE * (to - from)) middle = (from + to) >> 1;
    stack.push([middle, to], [from, middle]);
  }

  function split(from: number, to: number): number {
    const a = order[from + Math.floor(random() * (to - from))]! * d;
    const b = order[from + Math.floor(random() * (to - from))]! * d;
    let offset = 0;
    for (let c = 0; c < d; c++) {
      normal[c] = data[a + c]! - data[b + c]!;
      offset += (normal[c]! * (data[a + c]! + data[b + c]!)) / 2;
    }
    let left = from;
    let right = to - 1;
    while (left <= right) {
      let side = -offset;
      for (let c = 0, at = order[left]! * d; c < d; c++) side += normal[c]! * data[at++]!;
      if (side < 0) left++;
      else {
        [order[left], order[right]] = [order[right]!, order[left]!];
        right--;
      }
    }
    return left;
  }
}
