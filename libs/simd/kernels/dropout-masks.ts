/**
 * Masks of four rows, `out` [4, width] float32, width a multiple of 4, and room for 16 more behind them: 0
 * where the next word of the row's generator is below `dropped`, `kept` elsewhere. The generators match
 * `seededRandom(seed, epoch, row, mask)` of the kernel library, xoshiro128** (Blackman & Vigna, 2018) seeded
 * by SplitMix32; `rows` [4] int32.
 */
export function dropoutMasks(
  rows: usize,
  seed: i32,
  epoch: i32,
  mask: i32,
  dropped: i32,
  kept: f32,
  width: i32,
  out: usize,
): void {
  const gamma = i32x4.splat(0x9e3779b9);
  const limit = i32x4.splat(dropped);
  const whole = f32x4.splat(kept);
  const line = (<usize>width) << 2;
  const words = out + (line << 2);
  let mix = v128.xor(scrambled(i32x4.add(i32x4.splat(seed), gamma)), i32x4.splat(epoch));
  mix = v128.xor(scrambled(i32x4.add(mix, gamma)), v128.load(rows));
  mix = v128.xor(scrambled(i32x4.add(mix, gamma)), i32x4.splat(mask));
  let a = scrambled((mix = i32x4.add(mix, gamma)));
  let b = scrambled((mix = i32x4.add(mix, gamma)));
  let c = scrambled((mix = i32x4.add(mix, gamma)));
  let d = v128.or(scrambled(i32x4.add(mix, gamma)), i32x4.splat(1));
  for (let at = out, end = out + line; at < end; at += 16) {
    for (let word: usize = 0; word < 64; word += 16) {
      const five = i32x4.mul(b, i32x4.splat(5));
      const turned = v128.or(i32x4.shl(five, 7), i32x4.shr_u(five, 25));
      v128.store(words + word, v128.andnot(whole, i32x4.lt_u(i32x4.mul(turned, i32x4.splat(9)), limit)));
      const t = i32x4.shl(b, 9);
      c = v128.xor(c, a);
      d = v128.xor(d, b);
      b = v128.xor(b, c);
      a = v128.xor(a, d);
      c = v128.xor(c, t);
      d = v128.or(i32x4.shl(d, 11), i32x4.shr_u(d, 21));
    }
    // One row is in a lane: turned round.
    const w0 = v128.load(words);
    const w1 = v128.load(words, 16);
    const w2 = v128.load(words, 32);
    const w3 = v128.load(words, 48);
    const low01 = v128.shuffle<i32>(w0, w1, 0, 4, 1, 5);
    const high01 = v128.shuffle<i32>(w0, w1, 2, 6, 3, 7);
    const low23 = v128.shuffle<i32>(w2, w3, 0, 4, 1, 5);
    const high23 = v128.shuffle<i32>(w2, w3, 2, 6, 3, 7);
    v128.store(at, v128.shuffle<i64>(low01, low23, 0, 2));
    v128.store(at + line, v128.shuffle<i64>(low01, low23, 1, 3));
    v128.store(at + (line << 1), v128.shuffle<i64>(high01, high23, 0, 2));
    v128.store(at + line * 3, v128.shuffle<i64>(high01, high23, 1, 3));
  }
}

/** The finalizer of SplitMix32, in each lane. */
// @ts-ignore: decorator
@inline
function scrambled(x: v128): v128 {
  let z = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 16)), i32x4.splat(0x21f0aaad));
  z = i32x4.mul(v128.xor(z, i32x4.shr_u(z, 15)), i32x4.splat(0x735a2d97));
  return v128.xor(z, i32x4.shr_u(z, 15));
}
