/**
 * `out` [count, k] float32 = Z C for `rows` [count, d] float32, Z = (rows − mean) ∘ scale with mean and scale
 * [d] float64, and `components` C [d, k] float32; count a multiple of 4, k of 8. `scaled` [4, d] float32 is
 * where Z lies meanwhile. Each number is summed in float32 over the columns in order, independent of the
 * neighboring rows.
 */
export function projectRows(
  rows: usize,
  count: i32,
  d: i32,
  mean: usize,
  scale: usize,
  components: usize,
  k: i32,
  scaled: usize,
  out: usize,
): void {
  const width = (<usize>d) << 2;
  const line = (<usize>k) << 2;
  for (let i = 0; i < count; i += 4, out += line << 2) {
    for (let r: usize = 0; r < 4; r++) {
      for (let j: usize = 0; j < width; j += 4, rows += 4) {
        store<f32>(
          scaled + r * width + j,
          <f32>((<f64>load<f32>(rows) - load<f64>(mean + (j << 1))) * load<f64>(scale + (j << 1))),
        );
      }
    }
    for (let c: usize = 0; c < line; c += 32) {
      let s00 = f32x4.splat(0);
      let s01 = s00;
      let s10 = s00;
      let s11 = s00;
      let s20 = s00;
      let s21 = s00;
      let s30 = s00;
      let s31 = s00;
      for (let j: usize = 0, at = components + c; j < width; j += 4, at += line) {
        const low = v128.load(at);
        const high = v128.load(at, 16);
        let x = v128.load32_splat(scaled + j);
        s00 = f32x4.add(s00, f32x4.mul(x, low));
        s01 = f32x4.add(s01, f32x4.mul(x, high));
        x = v128.load32_splat(scaled + width + j);
        s10 = f32x4.add(s10, f32x4.mul(x, low));
        s11 = f32x4.add(s11, f32x4.mul(x, high));
        x = v128.load32_splat(scaled + (width << 1) + j);
        s20 = f32x4.add(s20, f32x4.mul(x, low));
        s21 = f32x4.add(s21, f32x4.mul(x, high));
        x = v128.load32_splat(scaled + width * 3 + j);
        s30 = f32x4.add(s30, f32x4.mul(x, low));
        s31 = f32x4.add(s31, f32x4.mul(x, high));
      }
      const at = out + c;
      v128.store(at, s00);
      v128.store(at, s01, 16);
      v128.store(at + line, s10);
      v128.store(at + line, s11, 16);
      v128.store(at + (line << 1), s20);
      v128.store(at + (line << 1), s21, 16);
      v128.store(at + line * 3, s30);
      v128.store(at + line * 3, s31, 16);
    }
  }
}
