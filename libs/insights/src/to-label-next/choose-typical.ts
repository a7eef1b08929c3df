import { kMeans, points } from '@noema/manifold';
import type { Space } from '../population/population.js';
import { type LabelPool, pickVectors } from './pool.js';

const ITERATIONS = 30;

export interface TypicalInput {
  readonly space: Space;
  readonly pool: LabelPool;
  /** Mean distance of each candidate to its nearest neighbours, [candidates]. */
  readonly spread: Float64Array;
  readonly count: number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Chooses the most typical sample of each of the largest clusters without a label (TypiClust, Hacohen et al. 2022).
 * Returns positions among the candidates.
 */
export async function chooseTypical({
  space,
  pool,
  spread,
  count,
  seed,
  signal,
}: TypicalInput): Promise<number[]> {
  const { candidates, labeled } = pool;
  const rows = new Int32Array(candidates.length + labeled.length);
  rows.set(candidates);
  rows.set(labeled, candidates.length);
  const k = Math.min(count + labeled.length, rows.length);
  const cloud = points(pickVectors(space, rows), space.width);
  const options = { seed, starts: 1, iterations: ITERATIONS, ...(signal && { signal }) };
  const { assignment, sizes } = await kMeans(cloud, k, options);
  const covered = new Set<number>(assignment.subarray(candidates.length));
  const best = new Map<number, number>();
  for (let at = 0; at < candidates.length; at++) {
    const cluster = assignment[at]!;
    const leader = best.get(cluster);
    if (leader === undefined || spread[at]! < spread[leader]!) best.set(cluster, at);
  }
  return [...best]
    .sort(([a], [b]) => Number(covered.has(a)) - Number(covered.has(b)) || sizes[b]! - sizes[a]! || a - b)
    .slice(0, count)
    .map(([, at]) => at);
}
