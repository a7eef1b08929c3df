@inline function sum(a: v128): f32 {
  const two = f32x4.add(a, i64x2.shuffle(a, a, 1, 0));
  return f32x4.extract_lane(two, 0) + f32x4.extract_lane(two, 1);
}
@inline function added(at: usize, a: v128): void {
  store<f32>(at, load<f32>(at) + sum(a));
}
@inline function pairAt(a: usize, b: usize): v128 {
  return v128.load64_lane(b, v128.load64_zero(a), 1);
}
@inline function weight(square: v128, factor: v128, base: v128): v128 {
  const below = f32x4.add(base, square);
  return f32x4.div(factor, f32x4.mul(below, below));
}

/**
 * Adds to the gradient [n, 2] float32 of points `from` … `to` of a map [n, 2] the sum of factor · (yᵢ − yⱼ) /
 * (base + |yᵢ − yⱼ|²)² over their partners: byte offsets in the map, int32, of point i from starts[i] to
 * starts[i + 1], in multiples of 4, filled up with the point itself.
 */
export function pairForces2(
  map: usize,
  starts: usize,
  partners: usize,
  factor: f32,
  base: f32,
  gradient: usize,
  from: i32,
  to: i32,
): void {
  const factors = f32x4.splat(factor);
  const bases = f32x4.splat(base);
  for (let i = from; i < to; i++) {
    const own = map + (i << 3);
    const x = v128.load32_splat(own);
    const y = v128.load32_splat(own, 4);
    const end = partners + (load<i32>(starts + (i << 2), 4) << 2);
    let gx = f32x4.splat(0);
    let gy = f32x4.splat(0);
    for (let at = partners + (load<i32>(starts + (i << 2)) << 2); at < end; at += 16) {
      const a = pairAt(map + load<i32>(at), map + load<i32>(at, 4));
      const b = pairAt(map + load<i32>(at, 8), map + load<i32>(at, 12));
      const dx = f32x4.sub(x, i8x16.shuffle(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27));
      const dy = f32x4.sub(
        y,
        i8x16.shuffle(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31),
      );
      const w = weight(f32x4.add(f32x4.mul(dx, dx), f32x4.mul(dy, dy)), factors, bases);
      gx = f32x4.add(gx, f32x4.mul(w, dx));
      gy = f32x4.add(gy, f32x4.mul(w, dy));
    }
    added(gradient + (i << 3), gx);
    added(gradient + (i << 3) + 4, gy);
  }
}

/**
 * The same for a map [n, 3]; four floats are read at a point's place, so that the map must not be the last
 * that was laid.
 */
export function pairForces3(
  map: usize,
  starts: usize,
  partners: usize,
  factor: f32,
  base: f32,
  gradient: usize,
  from: i32,
  to: i32,
): void {
  const factors = f32x4.splat(factor);
  const bases = f32x4.splat(base);
  for (let i = from; i < to; i++) {
    const own = map + i * 12;
    const x = v128.load32_splat(own);
    const y = v128.load32_splat(own, 4);
    const z = v128.load32_splat(own, 8);
    const end = partners + (load<i32>(starts + (i << 2), 4) << 2);
    let gx = f32x4.splat(0);
    let gy = f32x4.splat(0);
    let gz = f32x4.splat(0);
    for (let at = partners + (load<i32>(starts + (i << 2)) << 2); at < end; at += 16) {
      const a = v128.load(map + load<i32>(at));
      const b = v128.load(map + load<i32>(at, 4));
      const c = v128.load(map + load<i32>(at, 8));
      const d = v128.load(map + load<i32>(at, 12));
      const lowAB = i32x4.shuffle(a, b, 0, 4, 1, 5);
      const lowCD = i32x4.shuffle(c, d, 0, 4, 1, 5);
      const z4 = i64x2.shuffle(i32x4.shuffle(a, b, 2, 6, 3, 7), i32x4.shuffle(c, d, 2, 6, 3, 7), 0, 2);
      const dx = f32x4.sub(x, i64x2.shuffle(lowAB, lowCD, 0, 2));
      const dy = f32x4.sub(y, i64x2.shuffle(lowAB, lowCD, 1, 3));
      const dz = f32x4.sub(z, z4);
      const w = weight(
        f32x4.add(f32x4.add(f32x4.mul(dx, dx), f32x4.mul(dy, dy)), f32x4.mul(dz, dz)),
        factors,
        bases,
      );
      gx = f32x4.add(gx, f32x4.mul(w, dx));
      gy = f32x4.add(gy, f32x4.mul(w, dy));
      gz = f32x4.add(gz, f32x4.mul(w, dz));
    }
    added(gradient + i * 12, gx);
    added(gradient + i * 12 + 4, gy);
    added(gradient + i * 12 + 8, gz);
  }
}
