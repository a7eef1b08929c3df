/** Adds `rows` [count, d] float32 to `sums` [d] float64, one row after the other. */
export function addRows(rows: usize, count: i32, d: i32, sums: usize): void {
  const pairs = sums + ((<usize>d >> 1) << 4);
  for (let i = 0; i < count; i++) {
    let at = sums;
    for (; at < pairs; at += 16, rows += 8)
      v128.store(at, f64x2.add(v128.load(at), f64x2.promote_low_f32x4(v128.load64_zero(rows))));
    if (d & 1) {
      store<f64>(at, load<f64>(at) + <f64>load<f32>(rows));
      rows += 4;
    }
  }
}

/**
 * Centres `rows` [count, d] float32 by `mean` [d] float64 and lays them one unit after the other: `columns`
 * [d, stride] float64, of which the first `count` are written.
 */
export function centreColumns(
  rows: usize,
  count: i32,
  d: i32,
  mean: usize,
  columns: usize,
  stride: i32,
): void {
  const step = (<usize>stride) << 3;
  for (let i = 0; i < count; i++, columns += 8) {
    for (let j = 0, at = columns; j < d; j++, rows += 4, at += step)
      store<f64>(at, <f64>load<f32>(rows) - load<f64>(mean + ((<usize>j) << 3)));
  }
}

/**
 * Adds the rows from `from` to `to` of C Cᵀ to `into` [to − from, d] float64, as far as the diagonal, for the
 * columns C [d, stride] float64 of `centreColumns`; from, to and d multiples of 4 and stride of 2, what is
 * not written zeros. Above the diagonal some is added too. Tiles of 2 × 4 units, whose sums stay in
 * registers, each over even and odd rows apart.
 */
export function addCoMoments(columns: usize, d: i32, stride: i32, from: i32, to: i32, into: usize): void {
  const step = (<usize>stride) << 3;
  const line = (<usize>d) << 3;
  for (let i = from; i < to; i += 2) {
    for (let j = 0; j <= i; j += 4)
      tile(
        columns + <usize>i * step,
        columns + <usize>j * step,
        step,
        into + <usize>(i - from) * line + ((<usize>j) << 3),
        line,
      );
  }
}

// @ts-ignore: decorator
@inline
function tile(a: usize, b: usize, step: usize, into: usize, line: usize): void {
  let s00 = f64x2.splat(0);
  let s01 = s00;
  let s02 = s00;
  let s03 = s00;
  let s10 = s00;
  let s11 = s00;
  let s12 = s00;
  let s13 = s00;
  const a1 = a + step;
  const b1 = b + step;
  const b2 = b1 + step;
  const b3 = b2 + step;
  for (let at: usize = 0; at < step; at += 16) {
    const x0 = v128.load(a + at);
    const x1 = v128.load(a1 + at);
    let y = v128.load(b + at);
    s00 = f64x2.add(s00, f64x2.mul(x0, y));
    s10 = f64x2.add(s10, f64x2.mul(x1, y));
    y = v128.load(b1 + at);
    s01 = f64x2.add(s01, f64x2.mul(x0, y));
    s11 = f64x2.add(s11, f64x2.mul(x1, y));
    y = v128.load(b2 + at);
    s02 = f64x2.add(s02, f64x2.mul(x0, y));
    s12 = f64x2.add(s12, f64x2.mul(x1, y));
    y = v128.load(b3 + at);
    s03 = f64x2.add(s03, f64x2.mul(x0, y));
    s13 = f64x2.add(s13, f64x2.mul(x1, y));
  }
  put(into, s00);
  put(into + 8, s01);
  put(into + 16, s02);
  put(into + 24, s03);
  put(into + line, s10);
  put(into + line + 8, s11);
  put(into + line + 16, s12);
  put(into + line + 24, s13);
}

// @ts-ignore: decorator
@inline
function put(at: usize, sum: v128): void {
  store<f64>(at, load<f64>(at) + (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)));
}
