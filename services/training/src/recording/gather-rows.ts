/** Rows of a matrix [rows, width], row-major, in the given order. */
export function gatherRows(values: Float32Array, width: number, rows: ArrayLike<number>): Float32Array {
  const gathered = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    gathered.set(values.subarray(row * width, (row + 1) * width), i * width);
  }
  return gathered;
}
