// Pictures are [side, stride] float32, row-major; the stride is the side, rounded up to four, and the padding is
// NaN. A missing pixel is NaN, too.

function low(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

function high(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3));
}

function total(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}

function columns(from: i32): v128 {
  return f32x4.add(f32x4.splat(<f32>from), f32x4(0, 1, 2, 3));
}

/**
 * Writes `picture` under a map of the square [−1, 1]², six float64, into `warped`: each pixel is interpolated
 * linearly at its mapped place, and is missing where that lies outside, or within the outer `edge` pixels of either
 * picture. `moments` [6] float64 are the number n of pixels that are not missing, and over these the sums of a, b, a²,
 * b² and ab, for a in `warped` and b in `other`. `picture` has no missing pixel; its side is at least 2.
 */
export function warpOnto(
  picture: usize,
  side: i32,
  stride: i32,
  map: usize,
  edge: i32,
  other: usize,
  warped: usize,
  moments: usize,
): void {
  const half = <f64>side / 2;
  const none = f32x4.splat(NaN);
  const zero = f32x4.splat(0);
  const least = f32x4.splat(edge > 0 ? <f32>edge - 0.5 : -0.501);
  const most = f32x4.sub(f32x4.splat(<f32>(side - 1)), least);
  const end = f32x4.splat(<f32>(side - 1));
  const before = i32x4.splat(side - 2);
  const a = f32x4.splat(<f32>load<f64>(map));
  const d = f32x4.splat(<f32>load<f64>(map, 24));
  const first = f32x4.splat(<f32>edge);
  const last = f32x4.splat(<f32>(side - 1 - edge));
  const middle = f32x4.splat(<f32>(half - 0.5));
  const lines = i32x4.splat(stride);
  const next = (<usize>stride) << 2;
  let n = 0;
  let sa = f64x2.splat(0);
  let sb = sa;
  let saa = sa;
  let sbb = sa;
  let sab = sa;
  for (let row = 0; row < side; row++) {
    const y = (<f64>row + 0.5) / half - 1;
    const isInside = row >= edge && row < side - edge;
    const x0 = f32x4.splat(<f32>((load<f64>(map, 8) * y + load<f64>(map, 16) + 1) * half - 0.5));
    const y0 = f32x4.splat(<f32>((load<f64>(map, 32) * y + load<f64>(map, 40) + 1) * half - 0.5));
    for (let column = 0; column < stride; column += 4, warped += 16, other += 16) {
      const at = columns(column);
      const x = f32x4.sub(at, middle);
      const px = f32x4.add(f32x4.mul(a, x), x0);
      const py = f32x4.add(f32x4.mul(d, x), y0);
      const shown = v128.and(
        v128.and(
          v128.and(f32x4.ge(px, least), f32x4.ge(py, least)),
          v128.and(f32x4.le(px, most), f32x4.le(py, most)),
        ),
        v128.and(f32x4.ge(at, first), f32x4.le(at, last)),
      );
      if (!isInside || !v128.any_true(shown)) {
        v128.store(warped, none);
        continue;
      }
      const cx = f32x4.min(f32x4.max(px, zero), end);
      const cy = f32x4.min(f32x4.max(py, zero), end);
      const left = i32x4.min_s(i32x4.trunc_sat_f32x4_s(cx), before);
      const top = i32x4.min_s(i32x4.trunc_sat_f32x4_s(cy), before);
      const u = f32x4.sub(cx, f32x4.convert_i32x4_s(left));
      const v = f32x4.sub(cy, f32x4.convert_i32x4_s(top));
      const places = i32x4.shl(i32x4.add(i32x4.mul(top, lines), left), 2);
      const p0 = picture + <usize>i32x4.extract_lane(places, 0);
      const p1 = picture + <usize>i32x4.extract_lane(places, 1);
      const p2 = picture + <usize>i32x4.extract_lane(places, 2);
      const p3 = picture + <usize>i32x4.extract_lane(places, 3);
      // Of each place two neighbouring pixels, and of two places in one vector.
      const upper01 = v128.load64_lane(p1, v128.load64_zero(p0), 1);
      const upper23 = v128.load64_lane(p3, v128.load64_zero(p2), 1);
      const lower01 = v128.load64_lane(p1 + next, v128.load64_zero(p0 + next), 1);
      const lower23 = v128.load64_lane(p3 + next, v128.load64_zero(p2 + next), 1);
      const upperLeft = v128.shuffle<f32>(upper01, upper23, 0, 2, 4, 6);
      const upperRight = v128.shuffle<f32>(upper01, upper23, 1, 3, 5, 7);
      const lowerLeft = v128.shuffle<f32>(lower01, lower23, 0, 2, 4, 6);
      const lowerRight = v128.shuffle<f32>(lower01, lower23, 1, 3, 5, 7);
      const upper = f32x4.add(upperLeft, f32x4.mul(u, f32x4.sub(upperRight, upperLeft)));
      const lower = f32x4.add(lowerLeft, f32x4.mul(u, f32x4.sub(lowerRight, lowerLeft)));
      const own = f32x4.add(upper, f32x4.mul(v, f32x4.sub(lower, upper)));
      v128.store(warped, v128.bitselect(own, none, shown));
      const one = v128.and(own, shown);
      const two = v128.and(v128.load(other), shown);
      n += popcnt(i32x4.bitmask(shown));
      const a0 = low(one);
      const a1 = high(one);
      const b0 = low(two);
      const b1 = high(two);
      sa = f64x2.add(sa, f64x2.add(a0, a1));
      sb = f64x2.add(sb, f64x2.add(b0, b1));
      saa = f64x2.add(saa, f64x2.add(f64x2.mul(a0, a0), f64x2.mul(a1, a1)));
      sbb = f64x2.add(sbb, f64x2.add(f64x2.mul(b0, b0), f64x2.mul(b1, b1)));
      sab = f64x2.add(sab, f64x2.add(f64x2.mul(a0, b0), f64x2.mul(a1, b1)));
    }
  }
  store<f64>(moments, <f64>n);
  store<f64>(moments, total(sa), 8);
  store<f64>(moments, total(sb), 16);
  store<f64>(moments, total(saa), 24);
  store<f64>(moments, total(sbb), 32);
  store<f64>(moments, total(sab), 40);
}

/**
 * Central differences of a picture, across and then down, [2, side, stride], per unit of the square [−1, 1]²; at the
 * edges of one side only, half as much.
 */
export function pictureSlopes(picture: usize, side: i32, stride: i32, slopes: usize): void {
  const line = (<usize>stride) << 2;
  const scale = f32x4.splat(<f32>side / 4);
  const down = slopes + line * <usize>side;
  for (let row = 0; row < side; row++) {
    const at = picture + line * <usize>row;
    const to = line * <usize>row;
    const above = row === 0 ? at : at - line;
    const below = row === side - 1 ? at : at + line;
    for (let column: usize = 0; column < line; column += 16) {
      const across = f32x4.sub(v128.load(at + column + 4), v128.load(at + column - 4));
      v128.store(slopes + to + column, f32x4.mul(across, scale));
      const along = f32x4.sub(v128.load(below + column), v128.load(above + column));
      v128.store(down + to + column, f32x4.mul(along, scale));
    }
    const ends = slopes + to;
    const last = ((<usize>side) << 2) - 4;
    store<f32>(ends, (load<f32>(at, 4) - load<f32>(at)) * (<f32>side / 4));
    store<f32>(ends + last, (load<f32>(at + last) - load<f32>(at + last - 4)) * (<f32>side / 4));
  }
}

/**
 * The 6 × 6 products, lower triangle, float64, of how a picture changes with each number of a map, over the pixels
 * that are not missing in `shown`: with slopes u across and v down the changes are (ux, uy, u, vx, vy, v). `products`
 * starts as 0.
 */
export function slopeProducts(shown: usize, side: i32, stride: i32, slopes: usize, products: usize): void {
  const plane = ((<usize>stride) << 2) * <usize>side;
  const scale = 2 / <f64>side;
  for (let row = 0; row < side; row++) {
    let uu = f64x2.splat(0);
    let uux = uu;
    let uuxx = uu;
    let uv = uu;
    let uvx = uu;
    let uvxx = uu;
    let vv = uu;
    let vvx = uu;
    let vvxx = uu;
    let x = f64x2.add(f64x2(0, scale), f64x2.splat(0.5 * scale - 1));
    const step = f64x2.splat(2 * scale);
    for (let column = 0; column < stride; column += 2, shown += 8, slopes += 8) {
      const one = v128.load64_zero(shown);
      const mask = f32x4.eq(one, one);
      const u = low(v128.and(v128.load64_zero(slopes), mask));
      const v = low(v128.and(v128.load64_zero(slopes + plane), mask));
      const ux = f64x2.mul(u, x);
      const vx = f64x2.mul(v, x);
      uu = f64x2.add(uu, f64x2.mul(u, u));
      uux = f64x2.add(uux, f64x2.mul(u, ux));
      uuxx = f64x2.add(uuxx, f64x2.mul(ux, ux));
      uv = f64x2.add(uv, f64x2.mul(u, v));
      uvx = f64x2.add(uvx, f64x2.mul(u, vx));
      uvxx = f64x2.add(uvxx, f64x2.mul(ux, vx));
      vv = f64x2.add(vv, f64x2.mul(v, v));
      vvx = f64x2.add(vvx, f64x2.mul(v, vx));
      vvxx = f64x2.add(vvxx, f64x2.mul(vx, vx));
      x = f64x2.add(x, step);
    }
    const y = (<f64>row + 0.5) * scale - 1;
    const yy = y * y;
    add(products, 0, total(uuxx));
    add(products, 6, y * total(uux));
    add(products, 7, yy * total(uu));
    add(products, 12, total(uux));
    add(products, 13, y * total(uu));
    add(products, 14, total(uu));
    add(products, 18, total(uvxx));
    add(products, 19, y * total(uvx));
    add(products, 20, total(uvx));
    add(products, 21, total(vvxx));
    add(products, 24, y * total(uvx));
    add(products, 25, yy * total(uv));
    add(products, 26, y * total(uv));
    add(products, 27, y * total(vvx));
    add(products, 28, yy * total(vv));
    add(products, 30, total(uvx));
    add(products, 31, y * total(uv));
    add(products, 32, total(uv));
    add(products, 33, total(vvx));
    add(products, 34, y * total(vv));
    add(products, 35, total(vv));
  }
}

function add(products: usize, at: usize, value: f64): void {
  const to = products + (at << 3);
  store<f64>(to, load<f64>(to) + value);
}

/**
 * `sums` [6] float64: the sums of gain · warped + offset − picture, over the pixels that are not missing, times how
 * the picture changes with each number of a map, as in `slopeProducts`.
 */
export function slopeSums(
  warped: usize,
  picture: usize,
  side: i32,
  stride: i32,
  slopes: usize,
  gain: f32,
  offset: f32,
  sums: usize,
): void {
  const plane = ((<usize>stride) << 2) * <usize>side;
  const gains = f32x4.splat(gain);
  const offsets = f32x4.splat(offset);
  const scale = f32x4.splat(2 / <f32>side);
  const shift = f32x4.splat(1 / <f32>side - 1);
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  for (let row = 0; row < side; row++) {
    let u = f32x4.splat(0);
    let ux = u;
    let v = u;
    let vx = u;
    for (let column = 0; column < stride; column += 4, warped += 16, picture += 16, slopes += 16) {
      const own = v128.load(warped);
      const mask = f32x4.eq(own, own);
      const x = f32x4.add(f32x4.mul(columns(column), scale), shift);
      const rest = f32x4.sub(f32x4.add(f32x4.mul(gains, own), offsets), v128.load(picture));
      const across = v128.and(f32x4.mul(rest, v128.load(slopes)), mask);
      const down = v128.and(f32x4.mul(rest, v128.load(slopes + plane)), mask);
      u = f32x4.add(u, across);
      ux = f32x4.add(ux, f32x4.mul(across, x));
      v = f32x4.add(v, down);
      vx = f32x4.add(vx, f32x4.mul(down, x));
    }
    const y = f32x4.splat((<f32>row + 0.5) * (2 / <f32>side) - 1);
    s0 = f32x4.add(s0, ux);
    s1 = f32x4.add(s1, f32x4.mul(u, y));
    s2 = f32x4.add(s2, u);
    s3 = f32x4.add(s3, vx);
    s4 = f32x4.add(s4, f32x4.mul(v, y));
    s5 = f32x4.add(s5, v);
  }
  store<f64>(sums, total(f64x2.add(low(s0), high(s0))));
  store<f64>(sums, total(f64x2.add(low(s1), high(s1))), 8);
  store<f64>(sums, total(f64x2.add(low(s2), high(s2))), 16);
  store<f64>(sums, total(f64x2.add(low(s3), high(s3))), 24);
  store<f64>(sums, total(f64x2.add(low(s4), high(s4))), 32);
  store<f64>(sums, total(f64x2.add(low(s5), high(s5))), 40);
}
