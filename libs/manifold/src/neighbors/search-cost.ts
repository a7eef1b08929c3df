import type { Points } from '../points.js';
import { sampleOf } from '../trust/sample.js';
import { ExactSearch, type SearchTools } from './exact-search.js';

/** Number of points from which the cost of a search is estimated. */
const PROBES = 64;
/**
 * Maximum size of points that are copied into blocks for the estimate. Larger populations use NN-descent,
 * whose memory does not grow with the dimensions.
 */
const MAX_BYTES = 2 ** 30;
/**
 * Number of block visits that take as long as NN-descent takes for one neighbour of a point, measured on
 * perception vectors: 14 µs.
 */
const LOOKS_PER_NEIGHBOR = 100;

/** True if the points are small enough to be copied into blocks. */
export const mayProbe = ({ n, d }: Points): boolean => 4 * n * d <= MAX_BYTES;

/**
 * True if an exact search of k neighbours costs no more than NN-descent, by the number of blocks that a
 * seeded sample of points visits. A count gives the same decision on every machine.
 */
export function exactIsCheaper(cloud: Points, k: number, tools: SearchTools, seed: number): boolean {
  const search = new ExactSearch(cloud, tools);
  const sample = sampleOf(cloud.n, PROBES, seed);
  const indices = new Int32Array(k);
  const squares = new Float64Array(k);
  const looks = sample.reduce(
    (sum, self) => sum + search.nearest(cloud, self, { self }, indices, squares),
    0,
  );
  return looks <= LOOKS_PER_NEIGHBOR * k * sample.length;
}
