import { setImmediate } from 'node:timers/promises';
import { cancelled, DomainError, seededRandom } from '@noema/kernel';
import type { Points } from './points.js';

/** Clusters numbered from the largest to the smallest: the cluster of every point [n], sizes [k], centres [k, d] float64. */
export interface Clusters {
  readonly assignment: Int32Array;
  readonly sizes: readonly number[];
  readonly centres: Float64Array;
  /** Sum of squared distances to the centres. */
  readonly inertia: number;
}

export interface KMeansOptions {
  readonly seed?: number;
  readonly iterations?: number;
  readonly signal?: AbortSignal;
}

/**
 * k-means by Lloyd's iteration from k-means++ starts (Arthur & Vassilvitskii 2007), seeded: the same seed gives the same clusters.
 * Fewer than k different points give fewer clusters. Throws `invalid` K_TOO_LARGE unless 1 ≤ k ≤ n, `cancelled`.
 */
export async function kMeans(cloud: Points, k: number, { seed = 42, iterations = 100, signal }: KMeansOptions = {}): Promise<Clusters> {
  if (!Number.isInteger(k) || k < 1 || k > cloud.n) {
    throw new DomainError('invalid', 'K_TOO_LARGE', `${k} clusters of ${cloud.n} points cannot be had; ask for 1 to ${cloud.n}`);
  }
  let centres = startingCentres(cloud, k, seededRandom(seed, 2));
  let { assignment, squares } = assign(cloud, centres);
  for (let step = 0; step < iterations; step++) {
    if (signal?.aborted) throw cancelled('clustering');
    centres = meansOf(cloud, assignment, centres.length / cloud.d);
    const next = assign(cloud, centres);
    const settled = next.assignment.every((cluster, i) => cluster === assignment[i]);
    ({ assignment, squares } = next);
    if (settled) break;
    await setImmediate();
  }
  return ranked(assignment, centres, cloud.d, squares.reduce((sum, square) => sum + square, 0));
}

function startingCentres({ data, n, d }: Points, k: number, random: () => number): Float64Array {
  const chosen = [Math.floor(random() * n)];
  const nearest = new Float64Array(n).fill(Infinity);
  while (chosen.length < k) {
    const last = chosen.at(-1)!;
    let total = 0;
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let c = 0; c < d; c++) sum += (data[i * d + c]! - data[last * d + c]!) ** 2;
      if (sum < nearest[i]!) nearest[i] = sum;
      total += nearest[i]!;
    }
    if (total === 0) break;
    let left = random() * total, pick = 0;
    for (let i = 0; i < n; i++) {
      if (nearest[i] === 0) continue;
      pick = i;
      left -= nearest[i]!;
      if (left <= 0) break;
    }
    chosen.push(pick);
  }
  return Float64Array.from(chosen.flatMap((i) => Array.from(data.subarray(i * d, (i + 1) * d))));
}

function assign({ data, n, d }: Points, centres: Float64Array): { assignment: Int32Array; squares: Float64Array } {
  const assignment = new Int32Array(n), squares = new Float64Array(n), k = centres.length / d;
  for (let i = 0; i < n; i++) {
    let best = Infinity;
    for (let cluster = 0; cluster < k; cluster++) {
      let sum = 0;
      for (let c = 0; c < d && sum < best; c++) sum += (data[i * d + c]! - centres[cluster * d + c]!) ** 2;
      if (sum >= best) continue;
      best = sum;
      assignment[i] = cluster;
    }
    squares[i] = best;
  }
  return { assignment, squares };
}

/** The means of the clusters; one that lost all its points is dropped. */
function meansOf({ data, d }: Points, assignment: Int32Array, k: number): Float64Array {
  const sums = new Float64Array(k * d), counts = new Int32Array(k);
  assignment.forEach((cluster, i) => {
    counts[cluster]!++;
    for (let c = 0; c < d; c++) sums[cluster * d + c]! += data[i * d + c]!;
  });
  const kept = Array.from(counts.keys()).filter((cluster) => counts[cluster]! > 0);
  return Float64Array.from(kept.flatMap((cluster) => Array.from(sums.subarray(cluster * d, (cluster + 1) * d), (sum) => sum / counts[cluster]!)));
}

function ranked(assignment: Int32Array, centres: Float64Array, d: number, inertia: number): Clusters {
  const counts = new Array<number>(centres.length / d).fill(0);
  for (const cluster of assignment) counts[cluster]!++;
  const order = Array.from(counts.keys()).filter((cluster) => counts[cluster]! > 0).sort((a, b) => counts[b]! - counts[a]! || a - b);
  const label = new Map(order.map((cluster, position) => [cluster, position]));
  return {
    assignment: assignment.map((cluster) => label.get(cluster)!),
    sizes: order.map((cluster) => counts[cluster]!),
    centres: Float64Array.from(order.flatMap((cluster) => Array.from(centres.subarray(cluster * d, (cluster + 1) * d)))),
    inertia,
  };
}
