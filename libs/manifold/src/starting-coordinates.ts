import { DomainError, seededRandom } from '@noema/kernel';
import { pcaMap } from './pca-map.js';
import type { Points } from './points.js';

/**
 * Returns principal coordinates [n, dims], scaled to a maximum of `extent`, with a little seeded noise that
 * separates duplicates.
 */
export function startingCoordinates(cloud: Points, dims: 2 | 3, extent: number, seed: number): Float32Array {
  const principal = pcaMap(cloud, dims).coordinates;
  const random = seededRandom(seed, 1);
  const largest = principal.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const factor = largest > 0 ? extent / largest : 0;
  const noise = extent * (largest > 0 ? 1e-5 : 0.1);
  return principal.map((value) => value * factor + (random() - 0.5) * 2 * noise);
}

/** Throws `invalid` INIT_SHAPE or INIT_NOT_FINITE, with the entry, if coordinates do not match n points. */
export function checkInit(init: Float32Array, n: number, dims: number): void {
  if (init.length !== n * dims) {
    throw new DomainError(
      'invalid',
      'INIT_SHAPE',
      `${init.length} initial coordinates do not fit ${n} points of ${dims} dimensions`,
    );
  }
  const at = init.findIndex((value) => !Number.isFinite(value));
  if (at >= 0)
    throw new DomainError(
      'invalid',
      'INIT_NOT_FINITE',
      `initial coordinate ${at % dims} of point ${Math.floor(at / dims)} is ${init[at]}`,
    );
}
