/**
 * Returns the Cholesky factor, lower triangle, of symmetric products [size, size], row-major; their lower triangle
 * counts; undefined if they are not safely positive definite.
 */
export function factorize(products: Float64Array, size: number): Float64Array | undefined {
  const factor = new Float64Array(size * size);
  for (let p = 0; p < size; p++)
    for (let q = 0; q <= p; q++) {
      let sum = products[p * size + q]!;
      for (let k = 0; k < q; k++) sum -= factor[p * size + k]! * factor[q * size + k]!;
      if (q < p) factor[p * size + q] = sum / factor[q * size + q]!;
      else if (sum > 1e-7 * products[p * size + p]! && sum > 1e-12) factor[p * size + p] = Math.sqrt(sum);
      else return undefined;
    }
  return factor;
}

/** Solves the normal equations of a factor for the right side, in place. */
export function solveFactored(factor: Float64Array, side: Float64Array): Float64Array {
  const size = side.length;
  for (let p = 0; p < size; p++) {
    for (let k = 0; k < p; k++) side[p]! -= factor[p * size + k]! * side[k]!;
    side[p]! /= factor[p * size + p]!;
  }
  for (let p = size - 1; p >= 0; p--) {
    for (let k = p + 1; k < size; k++) side[p]! -= factor[k * size + p]! * side[k]!;
    side[p]! /= factor[p * size + p]!;
  }
  return side;
}
