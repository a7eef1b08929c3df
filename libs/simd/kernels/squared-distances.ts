/**
 * Squared distances of one row to consecutive rows: `out` [count] float32 of `count` rows from `rows` [count, d], d a multiple of 4 (rows padded with zeros).
 * Sums run over four lanes, so that the last bits differ from a plain loop.
 */
export function squaredDistances(row: usize, rows: usize, count: i32, d: i32, out: usize): void {
  const bytes = <usize>d << 2;
  for (let i = 0; i < count; i++, rows += bytes) {
    let sum = f32x4.splat(0);
    for (let c: usize = 0; c < bytes; c += 16) {
      const gap = f32x4.sub(v128.load(row + c), v128.load(rows + c));
      sum = f32x4.add(sum, f32x4.mul(gap, gap));
    }
    sum = f32x4.add(sum, i64x2.shuffle(sum, sum, 1, 0));
    store<f32>(out + (<usize>i << 2), f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1));
  }
}
