import { KernelMemory } from '@noema/simd';
import { type Points, pointsAt } from '../points.js';
import { drawSample } from '../trust/sample.js';
import { ExactSearch, searchTools } from './exact-search.js';

/** Number of points from which the cost of a search is estimated. */
const PROBES = 64;
/** Number of points of the sample in which the probes search, of larger populations. */
const PROBED = 65_536;
/** Maximum size of points that are copied into blocks. Larger populations use NN-descent. */
const MAX_BYTES = 2 ** 30;
/**
 * Maximum number of block visits per neighbour of a point. An exact search of 50 takes about twice as long
 * as NN-descent: 100 take 14 µs of a processor, NN-descent takes 3 to 4.
 */
const LOOKS_PER_NEIGHBOR = 50;

/**
 * True if an exact search of k neighbours costs at most twice as much as NN-descent, by the number of blocks that
 * a seeded sample of points visits. A count gives the same decision on every machine. In large populations the
 * probes search a sample, and visits are taken to grow with the number of points, which is their most.
 */
export function exactIsCheap(cloud: Points, k: number, seed: number): boolean {
  if (4 * cloud.n * cloud.d > MAX_BYTES) return false;
  const probed = cloud.n <= PROBED ? cloud : pointsAt(cloud, drawSample(cloud.n, PROBED, seed));
  const search = new ExactSearch(probed, searchTools(new KernelMemory(), probed, k)[0]!);
  const sample = drawSample(probed.n, PROBES, seed);
  const indices = new Int32Array(k);
  const squares = new Float64Array(k);
  const looks = sample.reduce(
    (sum, self) => sum + search.nearest(probed, self, { self }, indices, squares),
    0,
  );
  return (looks * cloud.n) / probed.n <= LOOKS_PER_NEIGHBOR * k * sample.length;
}
