import { DomainError } from '@noema/kernel';
import { type Points, pointsAt, squareBetween } from './points.js';
import { drawSample } from './trust/sample.js';

/** Number of points whose distances a silhouette uses; their pairs take 16 MB. */
export const SILHOUETTE_SAMPLE = 2_000;

/** Returns the Euclidean distances of all pairs [n, n] float32; 16 MB for 2,000 points. */
export function pairDistances(cloud: Points): Float32Array {
  const { n } = cloud;
  const distances = new Float32Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = i + 1; j < n; j++)
      distances[i * n + j] = distances[j * n + i] = Math.sqrt(squareBetween(cloud, i, j));
  return distances;
}

/**
 * Returns the mean silhouette (Rousseeuw 1987), −1 to 1, from the distances of all pairs [n, n]: how much
 * nearer points are to their own cluster than to the next. A cluster of one point counts 0. Throws `invalid`
 * CLUSTERS_TOO_FEW below two clusters.
 */
export function silhouette(distances: Float32Array, assignment: Int32Array): number {
  const n = assignment.length;
  const k = assignment.reduce((most, cluster) => Math.max(most, cluster), 0) + 1;
  const sizes = new Int32Array(k);
  for (const cluster of assignment) sizes[cluster]!++;
  if (sizes.filter((size) => size > 0).length < 2)
    throw new DomainError(
      'invalid',
      'CLUSTERS_TOO_FEW',
      'a silhouette compares clusters and needs two or more',
    );
  const sums = new Float64Array(k);
  let total = 0;
  for (let i = 0; i < n; i++) {
    const own = assignment[i]!;
    if (sizes[own] === 1) continue;
    sums.fill(0);
    for (let j = 0, at = i * n; j < n; j++) sums[assignment[j]!]! += distances[at++]!;
    const within = sums[own]! / (sizes[own]! - 1);
    let next = Infinity;
    for (let cluster = 0; cluster < k; cluster++)
      if (cluster !== own && sizes[cluster]! > 0) next = Math.min(next, sums[cluster]! / sizes[cluster]!);
    if (within !== next) total += (next - within) / Math.max(within, next);
  }
  return total / n;
}

/** The mean silhouette of clustered points, and the number of points that it uses. */
export interface SampledSilhouette {
  readonly silhouette: number;
  readonly sampleCount: number;
}

/**
 * Returns the mean silhouette of the points that belong to a cluster (assignment [n], −1 for none); of a
 * seeded sample above `sampleSize` points. Undefined if the sample has fewer than two clusters.
 */
export function sampledSilhouette(
  cloud: Points,
  assignment: Int32Array,
  {
    sampleSize = SILHOUETTE_SAMPLE,
    seed = 42,
  }: { readonly sampleSize?: number; readonly seed?: number } = {},
): SampledSilhouette | undefined {
  const clustered = Int32Array.from(assignment.keys()).filter((i) => assignment[i]! >= 0);
  const rows = drawSample(clustered.length, sampleSize, seed).map((i) => clustered[i]!);
  const own = Int32Array.from(rows, (row) => assignment[row]!);
  if (new Set(own).size < 2) return undefined;
  return { silhouette: silhouette(pairDistances(pointsAt(cloud, rows)), own), sampleCount: rows.length };
}
