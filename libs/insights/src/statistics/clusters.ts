import {
  computeMoments,
  type Moments,
  type Proportion,
  studentQuantile,
  normalQuantile,
} from '@noema/evaluation';
import { permutation } from '@noema/kernel/random';
import { fisherGreater } from './fisher.js';
import { welchGreater } from './welch.js';

/** Number of the group of each value, from 0 without gaps; undefined where each value stands alone. */
export type Clusters = Int32Array | undefined;

const countGroups = (groups: Int32Array): number =>
  groups.reduce((most, group) => Math.max(most, group + 1), 0);

/** Sum of the distances from the mean, and number of the values, of each group. */
interface GroupSums {
  readonly sums: Float64Array;
  readonly counts: Float64Array;
  readonly mean: number;
}

function sumGroups(values: ArrayLike<number>, groups: Int32Array): GroupSums {
  const count = countGroups(groups);
  const [sums, counts] = [new Float64Array(count), new Float64Array(count)];
  let total = 0;
  for (let at = 0; at < values.length; at++) total += values[at]!;
  const mean = total / values.length;
  for (let at = 0; at < values.length; at++) {
    sums[groups[at]!]! += values[at]! - mean;
    counts[groups[at]!]!++;
  }
  return { sums, counts, mean };
}

/**
 * Returns the moments of values that depend on each other inside of a group. The mean is that of the values; `n` is the
 * effective number of groups, (Σ size)² / Σ size² (Kish 1965), and `deviation`² / `n` the variance of the mean by the
 * sums of groups (Taylor linearisation; Liang & Zeger 1986). Groups of one value have the usual moments.
 */
export function clusterMoments(values: Float64Array, groups: Clusters): Moments {
  if (groups === undefined) return computeMoments(values);
  if (values.length === 0) return { n: 0, mean: NaN, deviation: NaN };
  const { sums, counts, mean } = sumGroups(values, groups);
  let [squares, sizes] = [0, 0];
  for (let g = 0; g < sums.length; g++) {
    squares += sums[g]! ** 2;
    sizes += counts[g]! ** 2;
  }
  const n = values.length ** 2 / sizes;
  if (n < 2) return { n, mean, deviation: NaN };
  return { n, mean, deviation: Math.sqrt((squares / values.length ** 2) * (n / (n - 1)) * n) };
}

/** Values inside and outside of a set, with the covariance of both means by groups that are on both sides. */
export interface ComparedSides {
  readonly inside: Moments;
  readonly outside: Moments;
  readonly covariance: number;
}

/** Compares the values of which `inside` is 1 with the others. */
export function compareSides(values: Float64Array, inside: Uint8Array, groups: Clusters): ComparedSides {
  const [a, b] = [1, 0].map((side) => {
    const isOwn = (_: number, at: number): boolean => inside[at] === side;
    return {
      values: values.filter(isOwn),
      groups: groups && renumber(groups.filter(isOwn)),
      own: groups?.filter(isOwn),
    };
  });
  return {
    inside: clusterMoments(a!.values, a!.groups),
    outside: clusterMoments(b!.values, b!.groups),
    covariance: groups === undefined ? 0 : measureCovariance([a!, b!], countGroups(groups)),
  };
}

function measureCovariance(
  sides: readonly { readonly values: Float64Array; readonly own: Int32Array | undefined }[],
  count: number,
): number {
  const [a, b] = sides.map(({ values, own }) => {
    const { sums } = sumGroups(values, own!);
    return sums.map((sum) => sum / values.length);
  });
  let sum = 0;
  for (let g = 0; g < Math.min(a!.length, b!.length); g++) sum += a![g]! * b![g]!;
  return count > 1 ? (sum * count) / (count - 1) : 0;
}

/** Numbers groups from 0 without gaps, in the order of their first value. */
export function renumber(groups: ArrayLike<number>): Int32Array {
  const numbers = new Map<number, number>();
  return Int32Array.from({ length: groups.length }, (_, at) => {
    const group = groups[at]!;
    let number = numbers.get(group);
    if (number === undefined) numbers.set(group, (number = numbers.size));
    return number;
  });
}

/**
 * Returns hits and trials that say as much as hits (0 or 1) that depend on each other inside of a group: both are
 * divided by the design effect (Rao & Scott 1992), and for intervals by the square of Student's over the normal
 * quantile, as few groups know their variance badly (Korn & Graubard 1998). Where all hits are equal, each group counts
 * once.
 */
export function effectiveProportion(
  hits: Float64Array,
  groups: Clusters,
  { confidence }: { readonly confidence?: number } = {},
): Proportion {
  const count = hits.reduce((sum, hit) => sum + hit, 0);
  const all = { successes: count, trials: hits.length };
  if (groups === undefined || hits.length === 0) return all;
  const { n, mean, deviation } = clusterMoments(hits, groups);
  const perTrial = (mean * (1 - mean)) / Math.max(1, hits.length - 1);
  const variance = deviation ** 2 / n;
  let trials =
    !(perTrial > 0) || !(variance > 0) ? n : Math.min(hits.length, hits.length * (perTrial / variance));
  if (confidence !== undefined && n > 1)
    trials *= Math.min(
      1,
      (normalQuantile((1 + confidence) / 2) / studentQuantile((1 + confidence) / 2, Math.max(1, n - 1))) ** 2,
    );
  return { successes: mean * trials, trials };
}

/**
 * Returns the one-sided p-value that hits (0 or 1) are more frequent inside: Fisher's exact test; of groups that of
 * effective hits, and at least that of Welch's test by groups, in which the deviation inside is at least that outside.
 */
export function testRates(hits: Float64Array, inside: Uint8Array, groups: Clusters): number {
  const [a, b] = [1, 0].map((side) => {
    const isOwn = (_: number, at: number): boolean => inside[at] === side;
    return effectiveProportion(hits.filter(isOwn), groups && renumber(groups.filter(isOwn)));
  });
  const pValue = fisherGreater({
    insideHits: Math.round(a!.successes),
    insideCount: Math.round(a!.trials),
    outsideHits: Math.round(b!.successes),
    outsideCount: Math.round(b!.trials),
  });
  return groups === undefined ? pValue : Math.max(pValue, testMeans(hits, inside, groups));
}

/**
 * Welch's test, one-sided. Few members may have almost equal values by luck, so their deviation counts as at least that
 * of the others.
 */
export function testMeans(values: Float64Array, inside: Uint8Array, groups: Clusters): number {
  const { inside: a, outside: b, covariance } = compareSides(values, inside, groups);
  return welchGreater({ ...a, deviation: Math.max(a.deviation, b.deviation) }, b, covariance);
}

/**
 * Returns an order that permutes whole groups: each value is replaced by one of another group. Exact where all groups
 * have one size; a larger group repeats the values of a smaller one.
 */
export function permuteGroups(n: number, groups: Clusters, random: () => number): Uint32Array {
  if (groups === undefined) return permutation(n, random);
  const members = Array.from({ length: countGroups(groups) }, (): number[] => []);
  groups.forEach((group, at) => members[group]!.push(at));
  const order = new Uint32Array(n);
  permutation(members.length, random).forEach((from, to) => {
    members[to]!.forEach((at, i) => (order[at] = members[from]![i % members[from]!.length]!));
  });
  return order;
}

/** Keeps one position of each group, drawn at random, in rising order; all positions where each stands alone. */
export function thinGroups(
  positions: Int32Array,
  getGroup: ((at: number) => number) | undefined,
  random: () => number,
) {
  if (getGroup === undefined) return positions;
  const seen = new Set<number>();
  return Int32Array.from(permutation(positions.length, random), (at) => positions[at]!)
    .filter((at) => seen.size < seen.add(getGroup(at)).size)
    .sort();
}
