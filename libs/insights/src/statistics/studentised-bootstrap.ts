import {
  computeMoments,
  DEFAULT_CONFIDENCE,
  type Interval,
  type Moments,
  normalQuantile,
} from '@noema/evaluation';
import { seededRandom } from '@noema/kernel/random';
import { sortedQuantile } from '@noema/kernel/sorted-quantile';

type Numbers = Float32Array | Float64Array;

export interface StudentisedOptions {
  readonly confidence?: number;
  readonly seed?: number;
  readonly resamples?: number;
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
  { confidence = DEFAULT_CONFIDENCE, seed = 0, resamples = 999 }: StudentisedOptions = {},
): Interval {
  const sides = [inside, outside].map((values) => Float64Array.from(values).filter(Number.isFinite));
  const [a, b] = sides.map((values) => computeMoments(values)) as [Moments, Moments];
  if (a.n < 2 || b.n < 2) return { low: -Infinity, high: Infinity };
  const difference = a.mean - b.mean;
  const error = standardError(a, b);
  if (error === 0) return { low: difference, high: difference };
  const random = seededRandom(seed);
  const [drawInside, drawOutside] = [a, b].map((moments, side) => resampler(sides[side]!, moments, random));
  const ratios = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    const [inner, outer] = [drawInside!(), drawOutside!()];
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
  if (n > MAX_RESAMPLED) {
    const error = own.deviation / Math.sqrt(n);
    return () => ({
      n,
      mean: own.mean + error * normalQuantile((random() * 2 ** 32 + 0.5) / 2 ** 32),
      deviation: own.deviation,
    });
  }
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
