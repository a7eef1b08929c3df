import type { Points } from '../points.js';
import { sampleOf } from '../trust/sample.js';
import { ExactSearch, type SearchTools } from './exact-search.js';

/** Points from which the cost of a search is told. */
const PROBES = 64;
/**
 * Bytes of points that are laid in blocks to find out; beyond they are left to NN-descent, whose memory does
 * not grow with the dimensions.
 */
const MAX_BYTES = 2 ** 30;
/**
 * Looks into a block that take as long as NN-descent for one neighbour of a point, measured on perception
 * vectors: 14 µs.
 */
const LOOKS_PER_NEIGHBOR = 100;

/** Whether the points may be laid in blocks to find out. */
export const mayProbe = ({ n, d }: Points): boolean => 4 * n * d <= MAX_BYTES;

/**
 * Whether an exact search of k neighbours costs no more than NN-descent, by the blocks that a seeded sample
 * of points looks into: a count, so that the answer is the same on every machine.
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
