import type { Kernels } from '@noema/simd';
import type { Partners } from './partners.js';
import type { PairWeights } from './weights.js';

/** Partners by kind of pair, from both ends. */
export interface PairForces {
  readonly near: Partners;
  readonly mid: Partners;
  readonly far: Partners;
}

/**
 * Writes the gradient of points `from` … `to` of coordinates [n, dims], both in the kernels' memory (Wang et
 * al. 2021, section 3): with D = 1 + |yᵢ − yⱼ|², of the losses D/(10 + D) of near, D/(10⁴ + D) of mid-near
 * and 1/(1 + D) of further pairs.
 */
export function pacmapGradient(
  kernels: Kernels,
  pairs: PairForces,
  weights: PairWeights,
  dims: 2 | 3,
  coordinates: Float32Array,
  gradient: Float32Array,
  from: number,
  to: number,
): void {
  gradient.fill(0, from * dims, to * dims);
  const forces = dims === 2 ? 'pairForces2' : 'pairForces3';
  const add = ({ starts, partners }: Partners, factor: number, offset: number): void => {
    kernels[forces](
      coordinates.byteOffset,
      starts.byteOffset,
      partners.byteOffset,
      factor,
      1 + offset,
      gradient.byteOffset,
      from,
      to,
    );
  };
  add(pairs.near, 20 * weights.near, 10);
  if (weights.mid > 0) add(pairs.mid, 20_000 * weights.mid, 10_000);
  add(pairs.far, -2 * weights.far, 1);
}
