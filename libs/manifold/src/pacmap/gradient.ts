import type { Partners } from './partners.js';
import type { PairWeights } from './weights.js';

/** Partners by kind, all seen from both ends. */
export interface PairForces {
  readonly near: Partners;
  readonly mid: Partners;
  readonly far: Partners;
}

/**
 * Writes the gradient of points `from` … `to` of coordinates [n, dims] (Wang et al. 2021, section 3): with D = 1 + |yᵢ − yⱼ|² of the losses
 * D/(10 + D) of near, D/(10⁴ + D) of mid-near and 1/(1 + D) of further pairs.
 */
export function pacmapGradient(pairs: PairForces, weights: PairWeights, dims: 2 | 3, coordinates: Float32Array, gradient: Float64Array, from: number, to: number): void {
  gradient.fill(0, from * dims, to * dims);
  const add = dims === 2 ? addForces2 : addForces3;
  add(pairs.near, 20 * weights.near, 10, coordinates, gradient, from, to);
  if (weights.mid > 0) add(pairs.mid, 20_000 * weights.mid, 10_000, coordinates, gradient, from, to);
  add(pairs.far, -2 * weights.far, 1, coordinates, gradient, from, to);
}

type AddForces = (pairs: Partners, factor: number, offset: number, coordinates: Float32Array, gradient: Float64Array, from: number, to: number) => void;

// Two and three dimensions are written out: a loop over axes inside the innermost step doubles its time.
const addForces2: AddForces = ({ indptr, partners }, factor, offset, y, gradient, from, to) => {
  const base = 1 + offset;
  for (let i = from; i < to; i++) {
    const x0 = y[2 * i]!, x1 = y[2 * i + 1]!;
    let g0 = 0, g1 = 0;
    for (let e = indptr[i]!, end = indptr[i + 1]!; e < end; e++) {
      const j = 2 * partners[e]!;
      const d0 = x0 - y[j]!, d1 = x1 - y[j + 1]!;
      const below = base + d0 * d0 + d1 * d1, w = factor / (below * below);
      g0 += w * d0;
      g1 += w * d1;
    }
    gradient[2 * i]! += g0;
    gradient[2 * i + 1]! += g1;
  }
};

const addForces3: AddForces = ({ indptr, partners }, factor, offset, y, gradient, from, to) => {
  const base = 1 + offset;
  for (let i = from; i < to; i++) {
    const x0 = y[3 * i]!, x1 = y[3 * i + 1]!, x2 = y[3 * i + 2]!;
    let g0 = 0, g1 = 0, g2 = 0;
    for (let e = indptr[i]!, end = indptr[i + 1]!; e < end; e++) {
      const j = 3 * partners[e]!;
      const d0 = x0 - y[j]!, d1 = x1 - y[j + 1]!, d2 = x2 - y[j + 2]!;
      const below = base + d0 * d0 + d1 * d1 + d2 * d2, w = factor / (below * below);
      g0 += w * d0;
      g1 += w * d1;
      g2 += w * d2;
    }
    gradient[3 * i]! += g0;
    gradient[3 * i + 1]! += g1;
    gradient[3 * i + 2]! += g2;
  }
};
