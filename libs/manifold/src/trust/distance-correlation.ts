import { seededRandom } from '@noema/kernel';
import { type Points, points, squareBetween } from '../points.js';

/**
 * Spearman's rank correlation of the distances in the vectors and in the map, −1 to 1, and its 95 % interval.
 * Both ends are equal if all pairs were compared.
 */
export interface DistanceCorrelation {
  readonly correlation: number;
  readonly low: number;
  readonly high: number;
  readonly pairs: number;
}

export interface DistanceCorrelationOptions {
  /** Maximum number of pairs to compare; above it, a seeded random sample of this size. Default: 150,000. */
  readonly pairs?: number;
  readonly seed?: number;
}

const DRAWERS = 2 ** 14;
const TWO_SIDED_95 = 1.959963984540054;

/**
 * Returns the rank correlation of the distances of pairs in vectors and map [n, dims], with ties at their
 * mean rank. The interval of a sample is Fisher's with the variance of Bonett & Wright (2000). 1 if neither
 * side has different distances, 0 if only one side has.
 */
export function distanceCorrelation(
  vectors: Points,
  coordinates: Float32Array,
  { pairs: most = 150_000, seed = 42 }: DistanceCorrelationOptions = {},
): DistanceCorrelation {
  const { n } = vectors;
  const map = points(coordinates, coordinates.length / n);
  const all = (n * (n - 1)) / 2;
  const pairs = Math.min(most, all);
  const there = new Float64Array(pairs);
  const here = new Float64Array(pairs);
  const random = seededRandom(seed, 5);
  for (let p = 0, i = 0, j = 0; p < pairs; p++) {
    if (all <= most) [i, j] = j + 1 < n ? [i, j + 1] : [i + 1, i + 2];
    else
      do [i, j] = [Math.floor(random() * n), Math.floor(random() * n)];
      while (i === j);
    there[p] = squareBetween(vectors, i, j);
    here[p] = squareBetween(map, i, j);
  }
  const correlation = pearson(meanRanks(there), meanRanks(here));
  if (all <= most || Math.abs(correlation) === 1)
    return { correlation, low: correlation, high: correlation, pairs };
  const spread = TWO_SIDED_95 * Math.sqrt((1 + correlation ** 2 / 2) / (pairs - 3));
  const centre = Math.atanh(correlation);
  return { correlation, low: Math.tanh(centre - spread), high: Math.tanh(centre + spread), pairs };
}

/** Returns the rank of every value, starting at 0. Equal values get the mean of their ranks. */
function meanRanks(values: Float64Array): Float64Array {
  // Sorting numbers directly takes a tenth of the time of sorting indexes with a comparator.
  const sorted = values.slice().sort();
  const least = sorted[0]!;
  const width = sorted.at(-1)! - least;
  const scale = width > 0 ? DRAWERS / width : 0;
  // Bucket index over the range of the values. A search that starts in the bucket skips most of a binary
  // search.
  const findDrawer = (value: number): number => Math.min(DRAWERS - 1, Math.floor((value - least) * scale));
  const starts = new Int32Array(DRAWERS + 1);
  for (const value of sorted) starts[findDrawer(value) + 1]!++;
  for (let drawer = 0; drawer < DRAWERS; drawer++) starts[drawer + 1]! += starts[drawer]!;
  return values.map((value) => {
    const drawer = findDrawer(value);
    const first = countBelow(sorted, value, false, starts[drawer]!, starts[drawer + 1]!);
    return sorted[first + 1] === value
      ? (first + countBelow(sorted, value, true, first, starts[drawer + 1]!) - 1) / 2
      : first;
  });
}

/**
 * Returns the number of sorted values below a value, or up to it, given lower and upper bounds of that
 * number.
 */
function countBelow(
  sorted: Float64Array,
  value: number,
  orEqual: boolean,
  least: number,
  most: number,
): number {
  let low = least;
  let high = most;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value || (orEqual && sorted[middle] === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function pearson(a: Float64Array, b: Float64Array): number {
  const middle = (a.length - 1) / 2;
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    ab += (a[i]! - middle) * (b[i]! - middle);
    aa += (a[i]! - middle) ** 2;
    bb += (b[i]! - middle) ** 2;
  }
  if (aa === 0 || bb === 0) return aa === bb ? 1 : 0;
  return Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb)));
}
