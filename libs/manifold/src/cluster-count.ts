import { DomainError } from '@noema/kernel';
import { kMeans } from './k-means.js';
import { type Points, pointsAt } from './points.js';
import { pairDistances, silhouette, SILHOUETTE_SAMPLE } from './silhouette.js';
import { drawSample } from './trust/sample.js';

/**
 * The number of k-means clusters with the greatest mean silhouette, and the silhouette of every number tried.
 */
export interface ClusterCount {
  readonly k: number;
  readonly scores: readonly { readonly k: number; readonly silhouette: number }[];
}

export interface ClusterCountOptions {
  /** Range of cluster counts. Default: 2 to 20, at most one less than the number of points. */
  readonly from?: number;
  readonly to?: number;
  /** Starts of k-means per cluster count. Default: 10. */
  readonly starts?: number;
  /** Size of the seeded sample of points. Default: 2,000, whose distances take at most 32 MB. */
  readonly sampleSize?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/**
 * Chooses k by the mean silhouette (Rousseeuw 1987; Kaufman & Rousseeuw 1990, section 2.2) of k-means on a
 * seeded sample; the smaller k on a tie. Returns 1 if there are no two different points, or at most two
 * points. Throws `invalid` CLUSTER_RANGE, `cancelled`.
 */
export async function chooseClusterCount(
  cloud: Points,
  {
    from = 2,
    to = 20,
    sampleSize = SILHOUETTE_SAMPLE,
    seed = 42,
    starts = 10,
    signal,
  }: ClusterCountOptions = {},
): Promise<ClusterCount> {
  if (!(from >= 2 && to >= from))
    throw new DomainError(
      'invalid',
      'CLUSTER_RANGE',
      `${from} to ${to} clusters cannot be tried; give a range that begins at 2 or later`,
    );
  const sample = pointsAt(cloud, drawSample(cloud.n, sampleSize, seed));
  const distances = pairDistances(sample);
  const scores: { k: number; silhouette: number }[] = [];
  for (let k = from; k <= Math.min(to, sample.n - 1); k++) {
    const best = await kMeans(sample, k, { seed, starts, ...(signal && { signal }) });
    if (best.sizes.length < k) break; // there are no k different points
    scores.push({ k, silhouette: silhouette(distances, best.assignment) });
  }
  return {
    k: scores.reduce((best, next) => (next.silhouette > best.silhouette ? next : best), {
      k: 1,
      silhouette: -Infinity,
    }).k,
    scores,
  };
}
