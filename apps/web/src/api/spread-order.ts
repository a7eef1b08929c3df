/**
 * Maps between points and rows when point i is row i · stride mod count, with a stride that has no divisor in
 * common with count. Exact up to 94 million points.
 */
export function spreadOrder(
  count: number,
  stride: number,
): { toRow(point: number): number; toPoint(row: number): number } {
  const inverse = invertModulo(stride, count);
  return { toRow: (point) => (point * stride) % count, toPoint: (row) => (row * inverse) % count };
}

/** x with `value` · x ≡ 1 (mod `modulus`), by Euclid's extended algorithm. */
function invertModulo(value: number, modulus: number): number {
  let [before, now, x, next] = [value % modulus, modulus, 1, 0];
  while (now > 0) {
    const quotient = Math.floor(before / now);
    [before, now] = [now, before - quotient * now];
    [x, next] = [next, x - quotient * next];
  }
  return x < 0 ? x + modulus : x;
}
