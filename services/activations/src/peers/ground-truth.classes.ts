/** The class of every row of a ground truth: the place of the largest value, or the value itself when there is one per row; −1 for no class. */
export function classOfRows({ data, rows, dims }: { data: Float32Array; rows: number; dims: readonly number[] }, classes: number): Int32Array {
  const size = dims.reduce((a, b) => a * b, 1);
  return Int32Array.from({ length: rows }, (_, row) => {
    const values = data.subarray(row * size, (row + 1) * size);
    if (size === 1) return Number.isInteger(values[0]) && values[0]! >= 0 && values[0]! < classes ? values[0]! : -1;
    const largest = Math.max(...values);
    return size === classes && largest > 0 ? values.indexOf(largest) : -1;
  });
}
