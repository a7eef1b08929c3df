import type { SimilarityCurve } from './curve.js';

/**
 * Number of low bits of the float32 squared distance that a table entry covers, as in the kernels of
 * libs/simd: 128 entries per octave.
 */
export const TABLE_SHIFT = 16;
const ENTRIES = 1 << (31 - TABLE_SHIFT);

/**
 * Gradient coefficients by the leading bits of the float32 squared distance. Computing powers instead would
 * take six times as long.
 */
export interface Coefficients {
  readonly attraction: Float32Array;
  readonly repulsion: Float32Array;
}

/**
 * −2ab d^(2(b−1)) / (1 + a d^2b) and 2b / ((0.001 + d²)(1 + a d^2b)) (McInnes, Healy & Melville 2018, section
 * 3.2).
 */
export function coefficientTables({ a, b }: SimilarityCurve): Coefficients {
  const float = new Float32Array(1);
  const bits = new Int32Array(float.buffer);
  const attraction = new Float32Array(ENTRIES);
  const repulsion = new Float32Array(ENTRIES);
  for (let entry = 0; entry < ENTRIES; entry++) {
    bits[0] = (entry << TABLE_SHIFT) | (1 << (TABLE_SHIFT - 1));
    const square = float[0]!;
    if (square <= 1e-12) repulsion[entry] = (2 * b) / 0.001;
    if (!(square > 1e-12 && square < 1e12)) continue;
    const power = square ** b;
    attraction[entry] = (-2 * a * b * (power / square)) / (a * power + 1);
    repulsion[entry] = (2 * b) / ((0.001 + square) * (a * power + 1));
  }
  return { attraction, repulsion };
}
