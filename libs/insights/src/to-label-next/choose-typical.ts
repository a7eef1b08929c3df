import { seededRandom } from '@noema/kernel/random';
import { kMeans, points } from '@noema/manifold';
import { sampleRows } from '../population/sample-rows.js';
import { pickPlaces } from '../population/places.js';
import type { Space } from '../population/population.js';
import type { LabelPool } from './pool.js';

const ITERATIONS = 30;
/** Clusters as of the authors, or one for each sample of a larger batch: thousands would take hours. */
const MAX_CLUSTERS = 500;
/** Labelled samples that show which clusters have a label, drawn by the seed. */
export const MAX_LABELED = 5_000;

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
  const { candidates } = pool;
  const labeled = sampleRows(pool.learned, MAX_LABELED, seededRandom(seed, 0x74797069));
  const rows = new Int32Array(candidates.length + labeled.length);
  rows.set(candidates);
  rows.set(labeled, candidates.length);
  const k = Math.min(rows.length, Math.max(count, Math.min(count + labeled.length, MAX_CLUSTERS)));
  const cloud = points(pickPlaces(space, rows), space.width);
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
