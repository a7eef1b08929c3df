/**
 * Adds C Cᵀ to the lower triangle of `into` [d, d], where `columns` [d, rows] holds the centred values, one unit after the other.
 * Works in tiles of 4 × 4 units whose sums stay in registers.
 */
export function addCoMoments(into: Float64Array, columns: Float64Array, d: number, rows: number): void {
  const whole = d - (d % 4);
  for (let i = 0; i < whole; i += 4) for (let j = 0; j <= i; j += 4) addTile(into, columns, d, rows, i, j);
  for (let i = whole; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let r = 0; r < rows; r++) sum += columns[i * rows + r]! * columns[j * rows + r]!;
      into[i * d + j]! += sum;
    }
  }
}

function addTile(into: Float64Array, columns: Float64Array, d: number, rows: number, i: number, j: number): void {
  let s00 = 0, s01 = 0, s02 = 0, s03 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0;
  let s20 = 0, s21 = 0, s22 = 0, s23 = 0, s30 = 0, s31 = 0, s32 = 0, s33 = 0;
  let a = i * rows, b = j * rows;
  const rows2 = 2 * rows, rows3 = 3 * rows;
  for (let r = 0; r < rows; r++, a++, b++) {
    const a0 = columns[a]!, a1 = columns[a + rows]!, a2 = columns[a + rows2]!, a3 = columns[a + rows3]!;
    const b0 = columns[b]!, b1 = columns[b + rows]!, b2 = columns[b + rows2]!, b3 = columns[b + rows3]!;
    s00 += a0 * b0; s01 += a0 * b1; s02 += a0 * b2; s03 += a0 * b3;
    s10 += a1 * b0; s11 += a1 * b1; s12 += a1 * b2; s13 += a1 * b3;
    s20 += a2 * b0; s21 += a2 * b1; s22 += a2 * b2; s23 += a2 * b3;
    s30 += a3 * b0; s31 += a3 * b1; s32 += a3 * b2; s33 += a3 * b3;
  }
  const at = i * d + j;
  into[at]! += s00; into[at + 1]! += s01; into[at + 2]! += s02; into[at + 3]! += s03;
  into[at + d]! += s10; into[at + d + 1]! += s11; into[at + d + 2]! += s12; into[at + d + 3]! += s13;
  into[at + 2 * d]! += s20; into[at + 2 * d + 1]! += s21; into[at + 2 * d + 2]! += s22; into[at + 2 * d + 3]! += s23;
  into[at + 3 * d]! += s30; into[at + 3 * d + 1]! += s31; into[at + 3 * d + 2]! += s32; into[at + 3 * d + 3]! += s33;
}
