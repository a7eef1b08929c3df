import { KernelMemory } from '@noema/simd';
import { ExactSearch, searchTools } from '../neighbors/exact-search.js';
import { points } from '../points.js';
import type { PlacedPoints } from './project-onto.js';

/**
 * Neighbours that the positions of new points preserve: for each point the share of its k nearest stored
 * points that are also its nearest in the map [m], their mean, and the neighbours in the map [m, k].
 */
export interface NearestSoFar {
  readonly k: number;
  readonly perPoint: Float32Array;
  readonly mean: number;
  readonly mapNeighbors: Int32Array;
}

/**
 * Compares the nearest stored points of projected points with their nearest points in the map [n, dims]; k of
 * each, or as many as were found.
 */
export function keptNeighbors(map: Float32Array, dims: 2 | 3, placed: PlacedPoints, most = 15): NearestSoFar {
  const cloud = points(map, dims);
  const k = Math.min(most, placed.k);
  const m = placed.coordinates.length / dims;
  const perPoint = new Float32Array(m);
  const mapNeighbors = new Int32Array(m * k);
  const squares = new Float64Array(k);
  const search = new ExactSearch(cloud, searchTools(new KernelMemory(), cloud, k)[0]!);
  const queries = points(placed.coordinates, dims);
  for (let i = 0; i < m; i++) {
    const here = mapNeighbors.subarray(i * k, (i + 1) * k);
    const there = placed.neighbors.subarray(i * placed.k, i * placed.k + k);
    search.nearest(queries, i, {}, here, squares);
    perPoint[i] = here.reduce((count, j) => count + (there.includes(j) ? 1 : 0), 0) / k;
  }
  return { k, perPoint, mean: perPoint.reduce((sum, share) => sum + share, 0) / m, mapNeighbors };
}
