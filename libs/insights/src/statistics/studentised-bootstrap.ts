import { DEFAULT_CONFIDENCE, type Interval, type Moments, normalQuantile } from '@noema/evaluation';
import { seededRandom } from '@noema/kernel/random';
import { sortedQuantile } from '@noema/kernel/sorted-quantile';
import { clusterMoments, renumber } from './clusters.js';

type Numbers = Float32Array | Float64Array;

export interface StudentisedOptions {
  readonly confidence?: number;
  readonly seed?: number;
  readonly resamples?: number;
  /** Groups of the values inside and outside: whole groups are resampled. */
  readonly groups?: { readonly inside: Int32Array; readonly outside: Int32Array } | undefined;
}

/** A mean of more values is drawn from its normal limit: resampling them would cost more than it corrects. */
const MAX_RESAMPLED = 5000;

/** A smaller spread, against that of the samples, is rounding. */
const NO_SPREAD = 1e-6;

/**
 * Returns the studentised bootstrap interval of mean inside − mean outside of independent samples (Efron & Tibshirani
 * 1993, chapter 12.5): skewed losses bend it where Welch's interval stays symmetric. All reals with fewer than two
 * finite values on a side, and an open end where too many resamples do not vary; a point when neither side varies.
 */
export function studentisedDifference(
  inside: Numbers,
  outside: Numbers,
  { confidence = DEFAULT_CONFIDENCE, seed = 0, resamples = 999, groups }: StudentisedOptions = {},
): Interval {
  const sides = [inside, outside].map((values, side) => {
    const own =
      groups && [groups.inside, groups.outside][side]!.filter((_, at) => Number.isFinite(values[at]));
    return { values: Float64Array.from(values).filter(Number.isFinite), groups: own && renumber(own) };
  });
  const [a, b] = sides.map((side) => clusterMoments(side.values, side.groups)) as [Moments, Moments];
  if (!(a.n >= 2 && b.n >= 2)) return { low: -Infinity, high: Infinity };
  const difference = a.mean - b.mean;
  const error = standardError(a, b);
  if (error === 0) return { low: difference, high: difference };
  const random = seededRandom(seed);
  const [drawInside, drawOutside] = [a, b].map((moments, side) => {
    const { values, groups: own } = sides[side]!;
    return own === undefined
      ? resampler(values, moments, random)
      : groupResampler(values, own, moments, random);
  });
  const ratios = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    const inner = drawInside!();
    const outer = drawOutside!();
    const spread = standardError(inner, outer);
    const distance = inner.mean - outer.mean - difference;
    ratios[i] = distance === 0 ? 0 : distance / (spread > NO_SPREAD * error ? spread : 0);
  }
  ratios.sort();
  return {
    low: difference - findQuantile(ratios, (1 + confidence) / 2) * error,
    high: difference - findQuantile(ratios, (1 - confidence) / 2) * error,
  };
}

/** A resample without spread has an infinite ratio, between two of which nothing can be interpolated. */
function findQuantile(rising: Float64Array, share: number): number {
  const value = sortedQuantile(rising, share);
  return Number.isNaN(value) ? rising[Math.round(share * (rising.length - 1))]! : value;
}

const standardError = (a: Moments, b: Moments): number =>
  Math.sqrt(a.deviation ** 2 / a.n + b.deviation ** 2 / b.n);

function resampler(values: Float64Array, own: Moments, random: () => number): () => Moments {
  const n = values.length;
  if (n > MAX_RESAMPLED) return drawLimit(own, random);
  return () => {
    let [sum, squares] = [0, 0];
    for (let i = 0; i < n; i++) {
      const value = values[Math.floor(random() * n)]! - own.mean;
      sum += value;
      squares += value * value;
    }
    const variance = Math.max(0, squares - (sum * sum) / n) / (n - 1);
    return { n, mean: own.mean + sum / n, deviation: Math.sqrt(variance) };
  };
}

/** Draws means from their normal limit. */
function drawLimit({ n, mean, deviation }: Moments, random: () => number): () => Moments {
  const error = deviation / Math.sqrt(n);
  return () => ({
    n,
    mean: mean + error * normalQuantile((random() * 2 ** 32 + 0.5) / 2 ** 32),
    deviation,
  });
}

/** Resamples whole groups, whose variance comes from their sums as in `clusterMoments`. */
function groupResampler(
  values: Float64Array,
  groups: Int32Array,
  own: Moments,
  random: () => number,
): () => Moments {
  const count = groups.reduce((most, group) => Math.max(most, group + 1), 0);
  if (count > MAX_RESAMPLED) return drawLimit(own, random);
  const [sums, sizes] = [new Float64Array(count), new Float64Array(count)];
  values.forEach((value, at) => {
    sums[groups[at]!]! += value - own.mean;
    sizes[groups[at]!]!++;
  });
  return () => {
    let [sum, size, squares, products, sizeSquares] = [0, 0, 0, 0, 0];
    for (let i = 0; i < count; i++) {
      const group = Math.floor(random() * count);
      const s = sums[group]!;
      const n = sizes[group]!;
      sum += s;
      size += n;
      squares += s * s;
      products += s * n;
      sizeSquares += n * n;
    }
    const shift = sum / size;
    const variance = Math.max(0, squares - 2 * shift * products + shift * shift * sizeSquares) / size ** 2;
    return {
      n: own.n,
      mean: own.mean + shift,
      deviation: Math.sqrt((variance * own.n * own.n) / (own.n - 1)),
    };
  };
}
