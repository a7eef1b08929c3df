import { seededRandom } from '@noema/kernel/random';
import { type PermutationResult, permutationTest } from './permutation-test.js';
import { chooseBandwidths, type RandomFeatures, randomFeatures, type RowSet } from './random-features.js';

export interface MmdOptions {
  readonly frequencies?: number;
  readonly permutations?: number;
  readonly seed?: number;
}

/** Squared maximum mean discrepancy, unbiased, so that it may be negative. */
export interface MmdResult extends PermutationResult {
  readonly squared: number;
}

/**
 * Tests whether two sets of rows have one distribution by the unbiased maximum mean discrepancy (Gretton et al. 2012)
 * with radial kernels of five bandwidths, by random Fourier features and up to 499 permutations. Costs permutations ×
 * smaller side × features. p is 1 when all rows are equal or a side has fewer than two.
 */
export function mmdTest(
  { values, width }: Omit<RowSet, 'rows'>,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { frequencies = 64, permutations = 499, seed = 0 }: MmdOptions = {},
): MmdResult {
  const rows = [...Array.from(a), ...Array.from(b)];
  const set = { values, width, rows };
  // In the order of the rows, so that the kernels do not depend on the sides.
  const bandwidths = chooseBandwidths({ ...set, rows: rows.toSorted((x, y) => x - y) }, seed);
  if (bandwidths.length === 0 || a.length < 2 || b.length < 2) {
    return { squared: 0, pValue: 1, permutations: 0 };
  }
  const features = randomFeatures(set, bandwidths, { frequencies, seed });
  return testFeatures(features, a.length, { permutations, seed });
}

/** Tests whether the first `sizeA` rows of features have the distribution of the others. */
export function testFeatures(
  features: RandomFeatures,
  sizeA: number,
  { permutations = 499, seed = 0 }: Omit<MmdOptions, 'frequencies'> = {},
): MmdResult {
  const n = features.values.length / features.width;
  const random = seededRandom(seed, 1);
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  const all = addRows(features, order, n);
  // The sum of the smaller side gives that of the other.
  const smaller = Math.min(sizeA, n - sizeA);
  const measure = (): number => squaredDiscrepancy(addRows(features, order, smaller), all, smaller, n);
  if (smaller < sizeA) order.reverse();
  const squared = measure();
  const draw = (): number => {
    for (let i = 0; i < smaller; i++) {
      const j = i + Math.floor(random() * (n - i));
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return measure();
  };
  return { squared, ...permutationTest(squared, permutations, draw) };
}

function addRows({ values, width }: RandomFeatures, order: Uint32Array, count: number): Float64Array {
  const sum = new Float64Array(width);
  for (let i = 0; i < count; i++) {
    const from = order[i]! * width;
    for (let j = 0; j < width; j++) sum[j]! += values[from + j]!;
  }
  return sum;
}

/** From the sum of the features of `m` rows and that of all `n`; a feature has the squared length 1. */
function squaredDiscrepancy(own: Float64Array, all: Float64Array, m: number, n: number): number {
  const k = n - m;
  let [ownSquare, otherSquare, product] = [0, 0, 0];
  for (let j = 0; j < own.length; j++) {
    const other = all[j]! - own[j]!;
    ownSquare += own[j]! ** 2;
    otherSquare += other * other;
    product += own[j]! * other;
  }
  return (ownSquare - m) / (m * (m - 1)) + (otherSquare - k) / (k * (k - 1)) - (2 * product) / (m * k);
}
