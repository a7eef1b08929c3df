/**
 * Order in which points are sent: by row, or spread so that every part of the stream is a fair part of the
 * population.
 */
export type PointOrder = 'row' | 'spread';

/**
 * The number nearest to count / φ that has no divisor in common with count: point i is row i · stride mod
 * count, so every row comes once and neighbouring points lie far apart in rows (Fibonacci hashing, Knuth, The
 * Art of Computer Programming 6.4). 1 below three points.
 */
export function spreadStride(count: number): number {
  if (count < 3) return 1;
  const middle = Math.round((count * (Math.sqrt(5) - 1)) / 2);
  for (let distance = 0; ; distance++) {
    const found = [middle - distance, middle + distance].find(
      (stride) => stride > 0 && commonDivisor(stride, count) === 1,
    );
    if (found !== undefined) return found;
  }
}

/** Rows of the points [from, to) of `count` points with that stride. */
export function rowsOfPoints(count: number, stride: number, from: number, to: number): Int32Array {
  const rows = new Int32Array(to - from);
  let row = Number((BigInt(from) * BigInt(stride)) % BigInt(Math.max(count, 1)));
  for (let i = 0; i < rows.length; i++) {
    rows[i] = row;
    row += stride;
    if (row >= count) row -= count;
  }
  return rows;
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
