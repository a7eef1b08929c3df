import { MAX_LENGTH, MAX_NODES } from './grid-shape.js';

/**
 * Shared memory of the grid for its largest size. Pages that are never written take no memory. `charges` and
 * `potentials` are fields of [nodes, nodes], spectra [length, nodes], kernels a quarter [length/2 + 1,
 * length/2 + 1].
 */
export interface GridMemory {
  /** Charges 1, x and y of the points. */
  readonly charges: readonly Float64Array[];
  /** Real and imaginary part of the transforms of 1 and of x + iy. */
  readonly spectra: readonly Float64Array[];
  /** Of K² and of K, where K = 1 / (1 + d²), divided by length². */
  readonly kernels: readonly Float64Array[];
  /** K² ∗ 1, K ∗ 1, K² ∗ x, K² ∗ y. */
  readonly potentials: readonly Float64Array[];
  /** K ∗ 1 at every point [n]. */
  readonly atPoints: Float64Array;
}

export function gridMemory(n: number): GridMemory {
  const fields = (count: number, size: number): Float64Array[] =>
    Array.from({ length: count }, () => new Float64Array(new SharedArrayBuffer(8 * size)));
  const quarter = (MAX_LENGTH / 2 + 1) ** 2;
  return {
    charges: fields(3, MAX_NODES ** 2),
    spectra: fields(4, MAX_LENGTH * MAX_NODES),
    kernels: fields(2, quarter),
    potentials: fields(4, MAX_NODES ** 2),
    atPoints: fields(1, n)[0]!,
  };
}
