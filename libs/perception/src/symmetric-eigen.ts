import { DomainError } from '@noema/kernel';
import { tridiagonalise } from './tridiagonal.js';

/** Eigenvalues in descending order and, if requested, their unit vectors as rows [d, d], row-major. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  /**
   * Row i is the vector of value i. Its entry of largest magnitude is positive, so that the sign is
   * reproducible.
   */
  readonly vectors: Float64Array;
}

/**
 * Returns all eigenvalues and eigenvectors of a symmetric matrix [d, d] float64, by Householder
 * tridiagonalisation and implicit QL (Bowdler, Martin, Reinsch & Wilkinson 1968). Reads only the lower
 * triangle. Throws `invalid` MATRIX_NOT_FINITE.
 */
export function symmetricEigen(matrix: Float64Array, d: number): SymmetricEigen {
  assertFiniteMatrix(matrix, d);
  const { diagonal, offDiagonal, basis } = tridiagonalise(matrix, d, true);
  implicitQl(diagonal, offDiagonal, d, basis);
  const order = descending(diagonal);
  const vectors = new Float64Array(d * d);
  order.forEach((from, to) => {
    vectors.set(signed(basis.subarray(from * d, (from + 1) * d)), to * d);
  });
  return { values: Float64Array.from(order, (i) => diagonal[i]!), vectors };
}

/** Returns only the eigenvalues, in descending order, without the cost of the vectors. */
export function symmetricEigenvalues(matrix: Float64Array, d: number): Float64Array {
  assertFiniteMatrix(matrix, d);
  const { diagonal, offDiagonal } = tridiagonalise(matrix, d, false);
  implicitQl(diagonal, offDiagonal, d, undefined);
  return diagonal.sort().reverse();
}

function assertFiniteMatrix(matrix: Float64Array, d: number): void {
  if (matrix.length !== d * d)
    throw new DomainError('invalid', 'MATRIX_SHAPE', `${matrix.length} values are no matrix [${d}, ${d}]`);
  const at = matrix.findIndex((value) => !Number.isFinite(value));
  if (at >= 0)
    throw new DomainError(
      'invalid',
      'MATRIX_NOT_FINITE',
      `entry (${Math.floor(at / d)}, ${at % d}) of the matrix is ${matrix[at]}`,
    );
}

function descending(values: Float64Array): number[] {
  return Array.from(values.keys()).sort((a, b) => values[b]! - values[a]! || a - b);
}

function signed(vector: Float64Array): Float64Array {
  let largest = 0;
  for (const value of vector) if (Math.abs(value) > Math.abs(largest) * (1 + 1e-9)) largest = value;
  return largest < 0 ? vector.map((value) => -value) : vector;
}

/**
 * Converts the tridiagonal matrix to its eigenvalues in `diagonal` and rotates the rows of `rows`. An
 * off-diagonal entry counts as zero if it is below the rounding of the whole matrix, as in EISPACK's tql2.
 * Compared with its neighbours alone, the noise between two zero eigenvalues would never converge.
 */
function implicitQl(
  diagonal: Float64Array,
  off: Float64Array,
  d: number,
  rows: Float64Array | undefined,
): void {
  const nothing =
    Number.EPSILON *
    diagonal.reduce((most, value, i) => Math.max(most, Math.abs(value) + Math.abs(off[i]!)), 0);
  for (let l = 0; l < d; l++) {
    for (let sweep = 0; ; sweep++) {
      let m = l;
      while (m < d - 1 && Math.abs(off[m]!) > nothing) m++;
      if (m === l) break;
      if (sweep === 60)
        throw new DomainError(
          'internal',
          'EIGEN_NO_CONVERGENCE',
          `eigenvalue ${l} of ${d} did not converge in ${sweep} sweeps`,
        );
      qlSweep(diagonal, off, d, rows, l, m);
    }
  }
}

function qlSweep(
  diagonal: Float64Array,
  off: Float64Array,
  d: number,
  rows: Float64Array | undefined,
  l: number,
  m: number,
): void {
  let g = (diagonal[l + 1]! - diagonal[l]!) / (2 * off[l]!);
  let r = Math.hypot(g, 1);
  g = diagonal[m]! - diagonal[l]! + off[l]! / (g + (g >= 0 ? r : -r));
  let s = 1;
  let c = 1;
  let p = 0;
  for (let i = m - 1; i >= l; i--) {
    const f = s * off[i]!;
    const b = c * off[i]!;
    r = Math.hypot(f, g);
    off[i + 1] = r;
    if (r === 0) {
      diagonal[i + 1]! -= p;
      off[m] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = diagonal[i + 1]! - p;
    r = (diagonal[i]! - g) * s + 2 * c * b;
    p = s * r;
    diagonal[i + 1] = g + p;
    g = c * r - b;
    if (rows !== undefined) rotate(rows, i * d, (i + 1) * d, d, c, s);
  }
  diagonal[l]! -= p;
  off[l] = g;
  off[m] = 0;
}

function rotate(rows: Float64Array, lower: number, upper: number, d: number, c: number, s: number): void {
  for (let k = 0; k < d; k++) {
    const u = rows[upper + k]!;
    const v = rows[lower + k]!;
    rows[upper + k] = s * v + c * u;
    rows[lower + k] = c * v - s * u;
  }
}
