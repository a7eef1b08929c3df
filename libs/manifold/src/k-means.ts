import { setImmediate } from 'node:timers/promises';
import { cancelled, DomainError, seededRandom } from '@noema/kernel';
import { CentreSearch } from './centre-search.js';
import { ClusterMeans } from './cluster-means.js';
import { type Points, squaresFrom } from './points.js';

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
  const search = new CentreSearch(cloud, k);
  let assignment = search.assign(centres);
  const means = new ClusterMeans(cloud, assignment, centres.length / cloud.d);
  for (let step = 0; step < iterations; step++) {
    if (signal?.aborted) throw cancelled('clustering');
    centres = means.centres();
    const next = search.assign(centres);
    assignment = next;
    if (!means.follow(next)) break;
    await setImmediate();
  }
  return ranked(assignment, centres, cloud.d, inertiaOf(cloud, assignment, centres));
}

function startingCentres({ data, n, d }: Points, k: number, random: () => number): Float64Array {
  const chosen = [Math.floor(random() * n)];
  const nearest = new Float64Array(n).fill(Infinity), squares = new Float64Array(n);
  while (chosen.length < k) {
    squaresFrom({ data, n, d }, chosen.at(-1)!, squares);
    let total = 0;
    for (let i = 0; i < n; i++) {
      if (squares[i]! < nearest[i]!) nearest[i] = squares[i]!;
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

/** The sum of the points' squared distances to their centres. */
function inertiaOf({ data, n, d }: Points, assignment: Int32Array, centres: Float64Array): number {
  let total = 0;
  for (let i = 0, at = 0; i < n; i++) {
    let square = 0;
    for (let c = assignment[i]! * d; c < (assignment[i]! + 1) * d; c++) {
      const gap = data[at++]! - centres[c]!;
      square += gap * gap;
    }
    total += square;
  }
  return total;
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
