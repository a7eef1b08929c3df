/**
 * A = Qᵀ T Q: T by its diagonal and its off-diagonal (entry i couples i and i+1), Q [d, d] by rows (empty if
 * not requested).
 */
export interface Tridiagonal {
  readonly diagonal: Float64Array;
  readonly offDiagonal: Float64Array;
  readonly basis: Float64Array;
}

/**
 * Reduces a symmetric matrix [d, d] to tridiagonal form by Householder reflections H = I − β v vᵀ (Golub &
 * Van Loan, Matrix Computations, 8.3.1).
 */
export function tridiagonalise(matrix: Float64Array, d: number, withBasis: boolean): Tridiagonal {
  const a = Float64Array.from(matrix);
  for (let i = 0; i < d; i++) for (let j = i + 1; j < d; j++) a[i * d + j] = a[j * d + i]!;
  const offDiagonal = new Float64Array(d);
  const reflectors: { v: Float64Array; beta: number }[] = [];
  for (let k = 0; k < d - 2; k++) {
    const v = a.slice(k * d, (k + 1) * d).fill(0, 0, k + 1);
    const { beta, alpha } = householder(v, k + 1);
    offDiagonal[k] = alpha;
    if (beta !== 0) reflect(a, v, beta, d, k + 1);
    reflectors.push({ v, beta });
  }
  if (d > 1) offDiagonal[d - 2] = a[(d - 1) * d + d - 2]!;
  const diagonal = Float64Array.from({ length: d }, (_, i) => a[i * d + i]!);
  return { diagonal, offDiagonal, basis: withBasis ? accumulate(reflectors, d) : new Float64Array(0) };
}

/** Converts v[from…] to the reflector that maps it onto alpha·e[from]. */
function householder(v: Float64Array, from: number): { beta: number; alpha: number } {
  let largest = 0;
  for (let i = from + 1; i < v.length; i++) largest = Math.max(largest, Math.abs(v[i]!));
  const first = v[from]!;
  if (largest === 0) return { beta: 0, alpha: first };
  const scale = Math.max(largest, Math.abs(first));
  let squares = 0;
  for (let i = from; i < v.length; i++) squares += (v[i]! / scale) ** 2;
  const alpha = (first > 0 ? -1 : 1) * scale * Math.sqrt(squares);
  v[from] = first - alpha;
  for (let i = from; i < v.length; i++) v[i]! /= scale;
  let norm = 0;
  for (let i = from; i < v.length; i++) norm += v[i]! * v[i]!;
  return { beta: 2 / norm, alpha };
}

/** a ← H a H on the trailing block. Both triangles are kept, so that every inner loop runs along a row. */
function reflect(a: Float64Array, v: Float64Array, beta: number, d: number, from: number): void {
  const w = new Float64Array(d);
  let dot = 0;
  for (let i = from; i < d; i++) {
    let sum = 0;
    for (let j = from, at = i * d + from; j < d; j++, at++) sum += a[at]! * v[j]!;
    w[i] = beta * sum;
    dot += w[i]! * v[i]!;
  }
  const half = (beta * dot) / 2;
  for (let i = from; i < d; i++) w[i]! -= half * v[i]!;
  for (let i = from; i < d; i++) {
    const vi = v[i]!;
    const wi = w[i]!;
    for (let j = from, at = i * d + from; j < d; j++, at++) a[at]! -= vi * w[j]! + wi * v[j]!;
  }
}

/**
 * Q by rows: row i of Q is column i of H₀H₁…, built backwards so that each reflector changes only the
 * trailing block.
 */
function accumulate(reflectors: readonly { v: Float64Array; beta: number }[], d: number): Float64Array {
  const q = new Float64Array(d * d);
  for (let i = 0; i < d; i++) q[i * d + i] = 1;
  for (let k = reflectors.length - 1; k >= 0; k--) {
    const { v, beta } = reflectors[k]!;
    if (beta === 0) continue;
    for (let i = k + 1; i < d; i++) {
      let sum = 0;
      for (let j = k + 1, at = i * d + j; j < d; j++, at++) sum += q[at]! * v[j]!;
      sum *= beta;
      for (let j = k + 1, at = i * d + j; j < d; j++, at++) q[at]! -= sum * v[j]!;
    }
  }
  return q;
}
