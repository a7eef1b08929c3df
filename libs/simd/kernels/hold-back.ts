/**
 * Moves `count` float32 of `target` by a share of the way to `places`; NaN holds nothing. Goes by fours:
 * arrays of KernelMemory are filled up to that.
 */
export function holdBack(target: usize, places: usize, count: i32, share: f32): void {
  for (let at: usize = 0, end = (<usize>count) << 2; at < end; at += 16) {
    const place = v128.load(places + at);
    const now = v128.load(target + at);
    const way = f32x4.mul(f32x4.splat(share), f32x4.sub(place, now));
    v128.store(target + at, f32x4.add(now, v128.and(f32x4.eq(place, place), way)));
  }
}
