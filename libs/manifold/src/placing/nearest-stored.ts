import type { Points } from '../points.js';
import { type PlacingOptions, projectOnto } from './project-onto.js';

/**
 * Returns the exact k nearest of some stored points [n, d], or all of them where there are fewer, for each of some
 * other points [m, d]: indices [m, k], nearest first, ties by index, and Euclidean distances. The same bits for any
 * number of threads. Throws `invalid` TRANSFORM_SHAPE, `cancelled`.
 */
export async function nearestStored(
  stored: Points,
  fresh: Points,
  k: number,
  options: PlacingOptions = {},
): Promise<{ readonly k: number; readonly indices: Int32Array; readonly distances: Float32Array }> {
  const nowhere = new Float32Array(2 * stored.n);
  const found = await projectOnto({ stored, map: nowhere, fresh }, k, { by: 'none' }, options);
  const kept = Math.min(k, found.k);
  const [indices, distances] = [new Int32Array(fresh.n * kept), new Float32Array(fresh.n * kept)];
  for (let i = 0; i < fresh.n; i++) {
    const from = i * found.k;
    const to = i * found.k + kept;
    indices.set(found.neighbors.subarray(from, to), i * kept);
    distances.set(found.distances.subarray(from, to), i * kept);
  }
  return { k: kept, indices, distances };
}
