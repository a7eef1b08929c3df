import { seededRandom } from '@noema/kernel/random';
import { sortedQuantile } from '@noema/kernel/sorted-quantile';
import { checkCount, checkOpenShare } from '../evaluation.errors.js';
import { normalCdf, normalQuantile } from './distributions.js';
import { DEFAULT_CONFIDENCE, type Interval } from './interval.js';

export interface BootstrapOptions {
  readonly confidence?: number;
  /** Default: 0; the same seed gives the same interval. */
  readonly seed?: number;
  /** Number of resamples. Default: 2,000. */
  readonly resamples?: number;
}

const DEFAULT_RESAMPLES = 2000;

/** Returns the means of `resamples` samples with replacement of the values. Needs one value or more. */
export function resampleMeans(values: Float64Array, resamples: number, seed = 0): Float64Array {
  checkCount('resamples', resamples, 1);
  const random = seededRandom(seed);
  const n = values.length;
  return new Float64Array(resamples).map(() => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[Math.floor(random() * n)]!;
    return sum / n;
  });
}

/** Returns the interval between the quantiles of the replicates (Efron 1979). */
export function percentileInterval(
  replicates: Float64Array,
  confidence: number = DEFAULT_CONFIDENCE,
): Interval {
  checkOpenShare('confidence', confidence);
  const ascending = replicates.toSorted();
  return {
    low: sortedQuantile(ascending, (1 - confidence) / 2),
    high: sortedQuantile(ascending, (1 + confidence) / 2),
  };
}

/**
 * Returns the bias-corrected and accelerated interval (Efron 1987) of an estimate with its replicates, where
 * `jackknife` [n] holds the estimate without each value. The ends are NaN when no replicate or all of them are
 * below the estimate.
 */
export function bcaInterval(
  {
    estimate,
    replicates,
    jackknife,
  }: {
    readonly estimate: number;
    readonly replicates: Float64Array;
    readonly jackknife: Float64Array;
  },
  confidence: number = DEFAULT_CONFIDENCE,
): Interval {
  checkOpenShare('confidence', confidence);
  let below = 0;
  for (const replicate of replicates) below += replicate < estimate ? 1 : replicate === estimate ? 0.5 : 0;
  const bias = normalQuantile(below / replicates.length);
  const center = jackknife.reduce((sum, value) => sum + value, 0) / jackknife.length;
  let [squares, cubes] = [0, 0];
  for (const value of jackknife) {
    squares += (center - value) ** 2;
    cubes += (center - value) ** 3;
  }
  const acceleration = squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
  const ascending = replicates.toSorted();
  const end = (share: number): number => {
    const sum = bias + normalQuantile(share);
    const level = normalCdf(bias + sum / (1 - acceleration * sum));
    return Number.isNaN(level) ? NaN : sortedQuantile(ascending, level);
  };
  return { low: end((1 - confidence) / 2), high: end((1 + confidence) / 2) };
}

/**
 * Returns the bias-corrected and accelerated interval of the mean of the finite values, by seeded resampling:
 * `resamples` × n additions. All reals with fewer than two values. For a paired difference give the differences.
 */
export function bootstrapMeanInterval(
  values: Float32Array | Float64Array,
  { confidence = DEFAULT_CONFIDENCE, seed = 0, resamples = DEFAULT_RESAMPLES }: BootstrapOptions = {},
): Interval {
  const finite = Float64Array.from(values).filter(Number.isFinite);
  const n = finite.length;
  if (n < 2) return { low: -Infinity, high: Infinity };
  const sum = finite.reduce((total, value) => total + value, 0);
  const [first] = finite;
  if (finite.every((value) => value === first)) return { low: first!, high: first! };
  const replicates = resampleMeans(finite, resamples, seed);
  return bcaInterval(
    { estimate: sum / n, replicates, jackknife: finite.map((value) => (sum - value) / (n - 1)) },
    confidence,
  );
}
