/**
 * Points in blocks of BLOCK, near ones together: `blocks` [count, d, BLOCK] float32 (behind the last point
 * what is farther than all), `ids` [count, BLOCK] int32 of the points (−1 for none); bounds of every block in
 * its first `boxed` dimensions, [boxed, 2, count rounded up to a multiple of 4] float32, the same of every
 * group of GROUP blocks, and the smallest number in each. A cloud is the address of ten int32: blocks, ids,
 * boxes, count, d, boxed, points, boxes of groups, smallest numbers of blocks, of groups.
 */
export const BLOCK: i32 = 16;
/** Bytes of a dimension of a block. */
export const ROW: usize = 64;
export const GROUP: i32 = 64;

// @ts-ignore: decorator
@inline
export function field(cloud: usize, at: i32): i32 {
  return load<i32>(cloud + ((<usize>at) << 2));
}

// @ts-ignore: decorator
@inline
export function countGroups(blocks: i32): i32 {
  return (blocks + GROUP - 1) / GROUP;
}

/**
 * The least squared distance of a query to the boxes [from, to) of `padded`, from a multiple of 4, into
 * `floors`: summed as distances are, so that it bounds these to the last bit.
 */
export function floorsOfBoxes(
  boxes: usize,
  padded: i32,
  boxed: i32,
  query: usize,
  from: i32,
  to: i32,
  floors: usize,
): void {
  const bytes = (<usize>padded) << 2;
  const end = (<usize>to) << 2;
  const zero = f32x4.splat(0);
  for (let at = (<usize>from) << 2; at < end; at += 16) {
    let sum = zero;
    for (let c = 0, low = boxes + at; c < boxed; c++, low += 2 * bytes) {
      const x = v128.load_splat<f32>(query + ((<usize>c) << 2));
      const gap = f32x4.pmax(
        f32x4.pmax(f32x4.sub(v128.load(low), x), f32x4.sub(x, v128.load(low + bytes))),
        zero,
      );
      sum = f32x4.add(sum, f32x4.mul(gap, gap));
    }
    v128.store(floors + at, sum);
  }
}

/**
 * The largest squared distance of a query to the boxes of all blocks into `ceilings`, where the boxes have
 * all dimensions.
 */
export function computeCeilings(cloud: usize, query: usize, ceilings: usize): void {
  const boxes = <usize>field(cloud, 2);
  const bytes = (<usize>((field(cloud, 3) + 3) & ~3)) << 2;
  const boxed = field(cloud, 5);
  for (let at: usize = 0; at < bytes; at += 16) {
    let sum = f32x4.splat(0);
    for (let c = 0, low = boxes + at; c < boxed; c++, low += 2 * bytes) {
      const x = v128.load_splat<f32>(query + ((<usize>c) << 2));
      const gap = f32x4.pmax(f32x4.sub(x, v128.load(low)), f32x4.sub(v128.load(low + bytes), x));
      sum = f32x4.add(sum, f32x4.mul(gap, gap));
    }
    v128.store(ceilings + at, sum);
  }
}

/** Dimensions summed between two looks whether any point of a block is within the limit. */
const AT_ONCE: i32 = 8;

/**
 * Squared distances of a query to the points of block `block` into `squares` [BLOCK]; a bit for each that is
 * no farther than `limit`. Distances of a block without any are not summed to their end.
 */
export function squaresWithin(cloud: usize, query: usize, block: i32, limit: f32, squares: usize): i32 {
  const d = field(cloud, 4);
  const most = f32x4.splat(limit);
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let row = <usize>field(cloud, 0) + <usize>block * <usize>d * ROW;
  let m0 = s0;
  let m1 = s0;
  let m2 = s0;
  let m3 = s0;
  for (let c = 0; c < d; ) {
    for (const end = min(d, c + AT_ONCE); c < end; c++, row += ROW) {
      const x = v128.load_splat<f32>(query + ((<usize>c) << 2));
      const g0 = f32x4.sub(v128.load(row), x);
      const g1 = f32x4.sub(v128.load(row, 16), x);
      const g2 = f32x4.sub(v128.load(row, 32), x);
      const g3 = f32x4.sub(v128.load(row, 48), x);
      s0 = f32x4.add(s0, f32x4.mul(g0, g0));
      s1 = f32x4.add(s1, f32x4.mul(g1, g1));
      s2 = f32x4.add(s2, f32x4.mul(g2, g2));
      s3 = f32x4.add(s3, f32x4.mul(g3, g3));
    }
    m0 = f32x4.le(s0, most);
    m1 = f32x4.le(s1, most);
    m2 = f32x4.le(s2, most);
    m3 = f32x4.le(s3, most);
    if (!v128.any_true(v128.or(v128.or(m0, m1), v128.or(m2, m3)))) return 0;
  }
  v128.store(squares, s0);
  v128.store(squares, s1, 16);
  v128.store(squares, s2, 32);
  v128.store(squares, s3, 48);
  return i32x4.bitmask(m0) | (i32x4.bitmask(m1) << 4) | (i32x4.bitmask(m2) << 8) | (i32x4.bitmask(m3) << 12);
}
