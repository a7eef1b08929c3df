import { scrambled } from './descent';

/** Attempts at a split, and the least share of the points on each side of one. */
const TRIES: i32 = 3;
const MIN_SHARE: f64 = 0.1;
const LEAF_BEGINS: i32 = 0x80000000;

/**
 * Splits the rows of a plan (`descent.ts`) by random hyperplanes between two of them until no leaf has more than `leaf`
 * points (Dasgupta & Freund 2008): `order` [n] int32, the sign bit where a leaf begins. A split that leaves less than a
 * tenth on one side is tried again, and at last made in the middle, as equal points require. `scratch`: a row, and room
 * for 1,024 int32; `products`: room for 2 · n.
 */
export function growTree(plan: usize, leaf: i32, seed: i32, order: usize, scratch: usize, products: usize): void {
  const n = <i32>load<u32>(plan, 8);
  const stack = scratch + <usize>load<u32>(plan, 4);
  for (let i = 0; i < n; i++) store<i32>(order + ((<usize>i) << 2), i);
  let draws = <u32>seed;
  let top = stack;
  store<i32>(top, 0);
  store<i32>(top, n, 4);
  for (top += 8; top > stack; ) {
    top -= 8;
    const from = load<i32>(top);
    const to = load<i32>(top, 4);
    const count = to - from;
    if (count <= leaf) {
      const first = order + ((<usize>from) << 2);
      store<i32>(first, load<i32>(first) | LEAF_BEGINS);
      continue;
    }
    const least = <i32>Math.ceil(MIN_SHARE * <f64>count);
    let middle = from;
    for (let attempt = 0; attempt < TRIES && min(middle - from, to - middle) < least; attempt++) {
      const a = <i32>((<u64>scrambled(draws++) * <u64>count) >> 32);
      const b = <i32>((<u64>scrambled(draws++) * <u64>count) >> 32);
      middle = split(plan, order, from, to, from + a, from + b, scratch, products);
    }
    if (min(middle - from, to - middle) < least) middle = (from + to) >> 1;
    store<i32>(top, middle);
    store<i32>(top, to, 4);
    store<i32>(top, from, 8);
    store<i32>(top, middle, 12);
    top += 16;
  }
}

/** Moves the points on the far side of the plane between two of them behind the others; returns where these begin. */
function split(
  plan: usize,
  order: usize,
  from: i32,
  to: i32,
  a: i32,
  b: i32,
  normal: usize,
  products: usize,
): i32 {
  const rows = <usize>load<u32>(plan);
  const width = <usize>load<u32>(plan, 4);
  const one = rows + <usize>load<i32>(order + ((<usize>a) << 2)) * width;
  const other = rows + <usize>load<i32>(order + ((<usize>b) << 2)) * width;
  let sum = f32x4.splat(0);
  const half = f32x4.splat(0.5);
  for (let c: usize = 0; c < width; c += 16) {
    const x = v128.load(one + c);
    const y = v128.load(other + c);
    const gap = f32x4.sub(x, y);
    v128.store(normal + c, gap);
    sum = f32x4.add(sum, f32x4.mul(gap, f32x4.mul(f32x4.add(x, y), half)));
  }
  const offset = total(sum);
  // First all products, so that rows are read ahead; then the split, without an unpredictable branch.
  const count = <usize>(to - from);
  const first = order + ((<usize>from) << 2);
  for (let at: usize = 0; at < count << 2; at += 4) {
    const row = rows + <usize>load<i32>(first + at) * width;
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let c: usize = 0;
    for (; c + 16 < width; c += 32) {
      s0 = f32x4.add(s0, f32x4.mul(v128.load(normal + c), v128.load(row + c)));
      s1 = f32x4.add(s1, f32x4.mul(v128.load(normal + c, 16), v128.load(row + c, 16)));
    }
    if (c < width) s0 = f32x4.add(s0, f32x4.mul(v128.load(normal + c), v128.load(row + c)));
    store<f32>(products + at, total(f32x4.add(s0, s1)));
  }
  const far = products + (count << 2);
  let left: usize = 0;
  let right: usize = 0;
  for (let at: usize = 0; at < count << 2; at += 4) {
    const point = load<i32>(first + at);
    const near = <usize>(load<f32>(products + at) < offset);
    store<i32>(first + left, point);
    store<i32>(far + right, point);
    left += near << 2;
    right += (1 - near) << 2;
  }
  memory.copy(first + left, far, right);
  return from + <i32>(left >> 2);
}

// @ts-ignore: decorator
@inline
function total(sum: v128): f32 {
  const pairs = f32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}
