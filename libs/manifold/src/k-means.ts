import { setImmediate } from 'node:timers/promises';
import { cancelled, DomainError, seededRandom } from '@noema/kernel';
import { CentreSearch } from './centre-search.js';
import { ClusterMeans } from './cluster-means.js';
import { checkCount } from './count-limits.js';
import { type Points, squaresFrom } from './points.js';

/**
 * Clusters, numbered from the largest to the smallest: the cluster of every point [n], sizes [k], centres [k,
 * d] float64.
 */
export interface Clusters {
  readonly assignment: Int32Array;
  readonly sizes: readonly number[];
  readonly centres: Float64Array;
  /** Sum of the squared distances to the centres. */
  readonly inertia: number;
}

export interface KMeansOptions {
  readonly seed?: number;
  /** Number of starts; the one with the least inertia is returned. Default: `defaultStarts`. */
  readonly starts?: number;
  /** Maximum number of iterations of one start. Default: 300. */
  readonly iterations?: number;
  readonly signal?: AbortSignal;
}

/**
 * Returns the default number of starts: 10, or 40 for few points, where starts are cheap and local optima
 * frequent.
 */
export const defaultStarts = (n: number): number => (n <= 5_000 ? 40 : 10);

/**
 * k-means by Lloyd's iteration from greedy k-means++ starts (Arthur & Vassilvitskii 2007, section 5); returns
 * the start with the least inertia. The same seed gives the same clusters. Fewer than k different points give
 * fewer clusters. Throws `invalid` K_TOO_LARGE unless 1 ≤ k ≤ n, `invalid` STARTS_INVALID below one start,
 * `cancelled`.
 */
export async function kMeans(
  cloud: Points,
  k: number,
  { seed = 42, starts = defaultStarts(cloud.n), iterations = 300, signal }: KMeansOptions = {},
): Promise<Clusters> {
  checkCount(k, 'clusters', cloud.n, cloud.n);
  if (!Number.isInteger(starts) || starts < 1)
    throw new DomainError(
      'invalid',
      'STARTS_INVALID',
      `k-means cannot start ${starts} times; ask for 1 or more`,
    );
  const search = new CentreSearch(cloud, k);
  let best: Settled | undefined;
  for (let start = 0; start < starts; start++) {
    const next = await settle(cloud, startingCentres(cloud, k, seededRandom(seed, 2, start)), {
      search,
      iterations,
      signal,
    });
    if (best === undefined || next.inertia < best.inertia) best = next;
  }
  return ranked(best!, cloud.d);
}

interface Settled {
  readonly assignment: Int32Array;
  readonly centres: Float64Array;
  readonly inertia: number;
}

interface Settling {
  readonly search: CentreSearch;
  readonly iterations: number;
  readonly signal: AbortSignal | undefined;
}

/** Runs Lloyd's iteration from given centres until no point changes its cluster. */
async function settle(
  cloud: Points,
  from: Float64Array,
  { search, iterations, signal }: Settling,
): Promise<Settled> {
  let centres = from;
  let assignment = search.assign(centres);
  const means = new ClusterMeans(cloud, assignment, centres.length / cloud.d);
  for (let step = 0; step < iterations; step++) {
    if (signal?.aborted) throw cancelled('clustering');
    centres = means.centres();
    assignment = search.assign(centres);
    if (!means.follow(assignment)) break;
    await setImmediate();
  }
  return { assignment, centres, inertia: computeInertia(cloud, assignment, centres) };
}

/**
 * Draws centres by their squared distance to earlier ones; of several candidates, takes the one with the
 * least inertia.
 */
function startingCentres(cloud: Points, k: number, random: () => number): Float64Array {
  const { data, n, d } = cloud;
  const candidates = 2 + Math.floor(Math.log(k));
  const chosen = [Math.floor(random() * n)];
  let nearest = new Float64Array(n);
  let best = new Float64Array(n);
  let tried = new Float64Array(n);
  squaresFrom(cloud, chosen[0]!, nearest);
  while (chosen.length < k) {
    const total = nearest.reduce((sum, square) => sum + square, 0);
    if (total === 0) break;
    let least = Infinity;
    let pick = 0;
    for (let candidate = 0; candidate < candidates; candidate++) {
      const drawn = drawByWeight(nearest, random() * total);
      squaresFrom(cloud, drawn, tried);
      let left = 0;
      for (let i = 0; i < n; i++) {
        if (nearest[i]! < tried[i]!) tried[i] = nearest[i]!;
        left += tried[i]!;
      }
      if (left >= least) continue;
      [least, pick] = [left, drawn];
      [best, tried] = [tried, best];
    }
    chosen.push(pick);
    [nearest, best] = [best, nearest];
  }
  return Float64Array.from(chosen.flatMap((i) => Array.from(data.subarray(i * d, (i + 1) * d))));
}

/** Returns the index at which the running sum of the weights reaches a value; never one of weight 0. */
function drawByWeight(weights: Float64Array, value: number): number {
  let left = value;
  let pick = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    pick = i;
    left -= weights[i]!;
    if (left <= 0) break;
  }
  return pick;
}

/** Returns the sum of the points' squared distances to their centres. */
function computeInertia({ data, n, d }: Points, assignment: Int32Array, centres: Float64Array): number {
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

function ranked({ assignment, centres, inertia }: Settled, d: number): Clusters {
  const counts = new Array<number>(centres.length / d).fill(0);
  for (const cluster of assignment) counts[cluster]!++;
  const order = Array.from(counts.keys())
    .filter((cluster) => counts[cluster]! > 0)
    .sort((a, b) => counts[b]! - counts[a]! || a - b);
  const label = new Map(order.map((cluster, position) => [cluster, position]));
  return {
    assignment: assignment.map((cluster) => label.get(cluster)!),
    sizes: order.map((cluster) => counts[cluster]!),
    centres: Float64Array.from(
      order.flatMap((cluster) => Array.from(centres.subarray(cluster * d, (cluster + 1) * d))),
    ),
    inertia,
  };
}
