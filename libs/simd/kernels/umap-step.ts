import { BUCKETS, COUNTS, LISTS, ORDER } from './due-edges';

/** Low bits of a squared distance that an entry of the tables spans, as in libs/manifold's coefficients. */
@inline const TABLE_SHIFT: i32 = 16;

// Lanes are four points of a block. They go through their due edges together; what a lane does when it has no
// more is left out by a mask.

/** The largest count of the four: points come in falling order below the last bucket. */
@inline function largest(counts: v128): i32 {
  const first = i32x4.extract_lane(counts, 0);
  return first < BUCKETS - 1
    ? first
    : max(
        max(first, i32x4.extract_lane(counts, 1)),
        max(i32x4.extract_lane(counts, 2), i32x4.extract_lane(counts, 3)),
      );
}
@inline function findList(scratch: usize, starts: usize, first: i32, point: i32): usize {
  return scratch + LISTS + ((load<i32>(starts + (point << 2)) - first) << 2);
}
@inline function loadCount(scratch: usize, from: i32, point: i32): i32 {
  return load<i32>(scratch + ((point - from) << 2), COUNTS);
}
@inline function loadCounts(scratch: usize, from: i32, a: i32, b: i32, c: i32, d: i32): v128 {
  return i32x4.replace_lane(
    i32x4.replace_lane(
      i32x4.replace_lane(i32x4.splat(loadCount(scratch, from, a)), 1, loadCount(scratch, from, b)),
      2,
      loadCount(scratch, from, c),
    ),
    3,
    loadCount(scratch, from, d),
  );
}
/** Lanes 0 and 2, or 1 and 3, of a and then of b. */
@inline function even(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
}
@inline function odd(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
}
/** Lanes 0 and 1, or 2 and 3, of a and b by turns. */
@inline function zipLow(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
}
@inline function zipHigh(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
}
@inline function pairAt(a: usize, b: usize): v128 {
  return v128.load64_lane(b, v128.load64_zero(a), 1);
}
@inline function clip(gradient: v128): v128 {
  return f32x4.pmin(f32x4.pmax(gradient, f32x4.splat(-4)), f32x4.splat(4));
}

/** The table's entries for four squared distances. */
@inline function entries(table: usize, square: v128): v128 {
  const at = i32x4.shl(i32x4.shr_u(square, TABLE_SHIFT), 2);
  const low = i64x2.extract_lane(at, 0);
  const high = i64x2.extract_lane(at, 1);
  const three = v128.load32_lane(
    table + <usize>high,
    v128.load32_lane(table + <usize>(low >> 32), v128.load32_zero(table + <usize>low), 1),
    2,
  );
  return v128.load32_lane(table + <usize>(high >> 32), three, 3);
}

/** The state of the negatives' generator for a block in an epoch. */
@inline function seeded(seed: i32, block: i32, epoch: i32): u32 {
  let state: u32 = (<u32>block * 0x9e3779b1) ^ (<u32>(epoch + 1) * 0x85ebca6b) ^ (<u32>seed * 0xc2b2ae35);
  state = (state ^ (state >> 16)) * 0x7feb352d;
  state = (state ^ (state >> 15)) * 0x846ca68b;
  return state ^ (state >> 16);
}
/** Knuth's and Lewis' congruential generator, of which the leading bits are used. */
@inline function following(state: u32): u32 {
  return state * 1664525 + 1013904223;
}
@inline function scaled(state: u32, n: i32): i32 {
  return <i32>((<u64>state * <u64>n) >> 32);
}

/**
 * One epoch of UMAP (McInnes, Healy & Melville 2018, algorithm 5) for points `from` … `to` of a map [n, 2]
 * float32: reads `source` and writes `target`. Every due edge of `dueEdges`, whose ends are byte offsets in
 * the map, attracts and is followed by `negatives` points that repel, drawn for the block: its points meet
 * the same ones. Coefficients are looked up in `attraction` and `repulsion`.
 */
export function umapStep2(
  source: usize,
  target: usize,
  starts: usize,
  scratch: usize,
  from: i32,
  to: i32,
  attraction: usize,
  repulsion: usize,
  n: i32,
  negatives: i32,
  seed: i32,
  epoch: i32,
  alpha: f32,
): void {
  const first = load<i32>(starts + (from << 2));
  const begin = seeded(seed, from, epoch);
  const rate = f32x4.splat(alpha);
  for (let four = scratch; four < scratch + ((to - from) << 2); four += 16) {
    const self = v128.load(four, ORDER);
    const p0 = i32x4.extract_lane(self, 0);
    const p1 = i32x4.extract_lane(self, 1);
    const p2 = i32x4.extract_lane(self, 2);
    const p3 = i32x4.extract_lane(self, 3);
    const counts = loadCounts(scratch, from, p0, p1, p2, p3);
    const most = (<usize>largest(counts)) << 2;
    const l0 = findList(scratch, starts, first, p0);
    const l1 = findList(scratch, starts, first, p1);
    const l2 = findList(scratch, starts, first, p2);
    const l3 = findList(scratch, starts, first, p3);
    let a = pairAt(source + (p0 << 3), source + (p1 << 3));
    let b = pairAt(source + (p2 << 3), source + (p3 << 3));
    let x = even(a, b);
    let y = odd(a, b);
    let state = begin;
    for (let k: usize = 0; k < most; k += 4) {
      a = pairAt(source + load<i32>(l0 + k), source + load<i32>(l1 + k));
      b = pairAt(source + load<i32>(l2 + k), source + load<i32>(l3 + k));
      let dx = f32x4.sub(x, even(a, b));
      let dy = f32x4.sub(y, odd(a, b));
      let w = entries(attraction, f32x4.add(f32x4.mul(dx, dx), f32x4.mul(dy, dy)));
      let gx = clip(f32x4.mul(w, dx));
      let gy = clip(f32x4.mul(w, dy));
      gx = f32x4.add(gx, gx);
      gy = f32x4.add(gy, gy);
      for (let q = 0; q < negatives; q++) {
        state = following(state);
        const r = scaled(state, n);
        const place = source + (r << 3);
        dx = f32x4.sub(x, v128.load32_splat(place));
        dy = f32x4.sub(y, v128.load32_splat(place, 4));
        w = entries(repulsion, f32x4.add(f32x4.mul(dx, dx), f32x4.mul(dy, dy)));
        if (<u32>(r - from) < <u32>(to - from)) w = v128.andnot(w, i32x4.eq(i32x4.splat(r), self));
        gx = f32x4.add(gx, clip(f32x4.mul(w, dx)));
        gy = f32x4.add(gy, clip(f32x4.mul(w, dy)));
      }
      const active = i32x4.gt_s(counts, i32x4.splat(<i32>k >> 2));
      x = f32x4.add(x, v128.and(active, f32x4.mul(rate, gx)));
      y = f32x4.add(y, v128.and(active, f32x4.mul(rate, gy)));
    }
    a = zipLow(x, y);
    b = zipHigh(x, y);
    v128.store64_lane(target + (p0 << 3), a, 0);
    v128.store64_lane(target + (p1 << 3), a, 1);
    v128.store64_lane(target + (p2 << 3), b, 0);
    v128.store64_lane(target + (p3 << 3), b, 1);
  }
}

/**
 * The same for a map [n, 3]; four floats are read at a point's place, so that the map must not be the last
 * that was laid.
 */
export function umapStep3(
  source: usize,
  target: usize,
  starts: usize,
  scratch: usize,
  from: i32,
  to: i32,
  attraction: usize,
  repulsion: usize,
  n: i32,
  negatives: i32,
  seed: i32,
  epoch: i32,
  alpha: f32,
): void {
  const first = load<i32>(starts + (from << 2));
  const begin = seeded(seed, from, epoch);
  const rate = f32x4.splat(alpha);
  for (let four = scratch; four < scratch + ((to - from) << 2); four += 16) {
    const self = v128.load(four, ORDER);
    const p0 = i32x4.extract_lane(self, 0);
    const p1 = i32x4.extract_lane(self, 1);
    const p2 = i32x4.extract_lane(self, 2);
    const p3 = i32x4.extract_lane(self, 3);
    const counts = loadCounts(scratch, from, p0, p1, p2, p3);
    const most = (<usize>largest(counts)) << 2;
    const l0 = findList(scratch, starts, first, p0);
    const l1 = findList(scratch, starts, first, p1);
    const l2 = findList(scratch, starts, first, p2);
    const l3 = findList(scratch, starts, first, p3);
    let a = v128.load(source + p0 * 12);
    let b = v128.load(source + p1 * 12);
    let c = v128.load(source + p2 * 12);
    let d = v128.load(source + p3 * 12);
    let xy = zipLow(a, b);
    let zw = zipLow(c, d);
    let x = i64x2.shuffle(xy, zw, 0, 2);
    let y = i64x2.shuffle(xy, zw, 1, 3);
    let z = i64x2.shuffle(zipHigh(a, b), zipHigh(c, d), 0, 2);
    let state = begin;
    for (let k: usize = 0; k < most; k += 4) {
      a = v128.load(source + load<i32>(l0 + k));
      b = v128.load(source + load<i32>(l1 + k));
      c = v128.load(source + load<i32>(l2 + k));
      d = v128.load(source + load<i32>(l3 + k));
      xy = zipLow(a, b);
      zw = zipLow(c, d);
      let dx = f32x4.sub(x, i64x2.shuffle(xy, zw, 0, 2));
      let dy = f32x4.sub(y, i64x2.shuffle(xy, zw, 1, 3));
      let dz = f32x4.sub(z, i64x2.shuffle(zipHigh(a, b), zipHigh(c, d), 0, 2));
      let w = entries(
        attraction,
        f32x4.add(f32x4.add(f32x4.mul(dx, dx), f32x4.mul(dy, dy)), f32x4.mul(dz, dz)),
      );
      let gx = clip(f32x4.mul(w, dx));
      let gy = clip(f32x4.mul(w, dy));
      let gz = clip(f32x4.mul(w, dz));
      gx = f32x4.add(gx, gx);
      gy = f32x4.add(gy, gy);
      gz = f32x4.add(gz, gz);
      for (let q = 0; q < negatives; q++) {
        state = following(state);
        const r = scaled(state, n);
        const place = source + r * 12;
        dx = f32x4.sub(x, v128.load32_splat(place));
        dy = f32x4.sub(y, v128.load32_splat(place, 4));
        dz = f32x4.sub(z, v128.load32_splat(place, 8));
        w = entries(repulsion, f32x4.add(f32x4.add(f32x4.mul(dx, dx), f32x4.mul(dy, dy)), f32x4.mul(dz, dz)));
        if (<u32>(r - from) < <u32>(to - from)) w = v128.andnot(w, i32x4.eq(i32x4.splat(r), self));
        gx = f32x4.add(gx, clip(f32x4.mul(w, dx)));
        gy = f32x4.add(gy, clip(f32x4.mul(w, dy)));
        gz = f32x4.add(gz, clip(f32x4.mul(w, dz)));
      }
      const active = i32x4.gt_s(counts, i32x4.splat(<i32>k >> 2));
      x = f32x4.add(x, v128.and(active, f32x4.mul(rate, gx)));
      y = f32x4.add(y, v128.and(active, f32x4.mul(rate, gy)));
      z = f32x4.add(z, v128.and(active, f32x4.mul(rate, gz)));
    }
    xy = zipLow(x, y);
    zw = zipHigh(x, y);
    v128.store64_lane(target + p0 * 12, xy, 0);
    v128.store64_lane(target + p1 * 12, xy, 1);
    v128.store64_lane(target + p2 * 12, zw, 0);
    v128.store64_lane(target + p3 * 12, zw, 1);
    v128.store32_lane(target + p0 * 12, z, 0, 8);
    v128.store32_lane(target + p1 * 12, z, 1, 8);
    v128.store32_lane(target + p2 * 12, z, 2, 8);
    v128.store32_lane(target + p3 * 12, z, 3, 8);
  }
}
