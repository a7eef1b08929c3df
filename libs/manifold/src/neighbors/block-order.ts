/** Points per block, as in the kernels. */
export const BLOCK = 16;

/**
 * Returns an order of the points [n] in which the points of a block are consecutive: split at the median of
 * the widest of some dimensions, ties by index, down to single blocks (the leaves of a k-d tree: Bentley
 * 1975). All blocks but the last are full.
 */
export function orderInBlocks(
  data: Float32Array,
  { n, d, dims }: { readonly n: number; readonly d: number; readonly dims: Int32Array },
): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const keys = new Float32Array(n);
  const width = dims.length;
  const few = new Float32Array(n * width);
  for (let i = 0; i < n; i++) for (let c = 0; c < width; c++) few[i * width + c] = data[i * d + dims[c]!]!;
  const stack: [from: number, to: number][] = [[0, n]];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const [from, to] = top;
    if (to - from <= BLOCK) continue;
    const axis = widest(from, to);
    const middle = from + BLOCK * Math.ceil((to - from) / BLOCK / 2);
    for (let at = from; at < to; at++) keys[at] = few[order[at]! * width + axis]!;
    part(keys, order, from, to - 1, middle);
    stack.push([middle, to], [from, middle]);
  }
  return order;

  function widest(from: number, to: number): number {
    let axis = 0;
    let most = -1;
    for (let c = 0; c < width; c++) {
      let low = Infinity;
      let high = -Infinity;
      for (let at = from; at < to; at++) {
        const x = few[order[at]! * width + c]!;
        if (x < low) low = x;
        if (x > high) high = x;
      }
      if (high - low > most) [most, axis] = [high - low, c];
    }
    return axis;
  }
}

/**
 * Moves the element that belongs at `middle` by key, ties by index, there, and smaller ones before it
 * (quickselect: Hoare 1961).
 */
function part(keys: Float32Array, order: Int32Array, low: number, high: number, middle: number): void {
  while (low < high) {
    const key = keys[(low + high) >> 1]!;
    const pivot = order[(low + high) >> 1]!;
    let left = low;
    let right = high;
    while (left <= right) {
      while (keys[left]! < key || (keys[left] === key && order[left]! < pivot)) left++;
      while (keys[right]! > key || (keys[right] === key && order[right]! > pivot)) right--;
      if (left > right) break;
      const k = keys[left]!;
      const o = order[left]!;
      keys[left] = keys[right]!;
      order[left] = order[right]!;
      keys[right] = k;
      order[right] = o;
      left++;
      right--;
    }
    if (middle <= right) high = right;
    else if (middle >= left) low = left;
    else return;
  }
}
