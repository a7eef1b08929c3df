import {
  DEFAULT_CONFIDENCE,
  type Interval,
  normalCdf,
  normalQuantile,
  studentCdf,
  studentQuantile,
} from '@noema/evaluation';
import { type Clusters, clusterMoments, effectiveProportion } from '../statistics/clusters.js';

/** Number, mean and standard error of the mean of some values. */
export interface Level {
  readonly n: number;
  readonly mean: number;
  readonly error: number;
  /** Degrees of freedom of the error; infinite where each sample stands alone. */
  readonly degrees: number;
}

/** Levels of a group in training and held out. */
export interface Gap {
  readonly training: Level;
  readonly heldOut: Level;
}

/**
 * Returns the level of some values, [n] float64. For rates, which have no spread when all are equal, the error is that
 * of the rate with one more success and one more failure (Agresti & Caffo 2000), of groups of samples with their
 * effective number.
 */
export function measureLevel(values: Float64Array, isRate: boolean, groups?: Clusters): Level {
  const { n, mean, deviation } = clusterMoments(values, groups);
  const level = { n: values.length, mean, degrees: groups === undefined ? Infinity : Math.max(1, n - 1) };
  if (!isRate) return { ...level, error: n >= 2 ? deviation / Math.sqrt(n) : Infinity };
  const { trials } = effectiveProportion(values, groups);
  const rate = (trials * (values.length === 0 ? 0 : mean) + 1) / (trials + 2);
  return { ...level, error: Math.sqrt((rate * (1 - rate)) / (trials + 2)) };
}

/** Returns held-out minus training. */
export const difference = ({ training, heldOut }: Gap): number => heldOut.mean - training.mean;

const measureError = ({ training, heldOut }: Gap): number => Math.hypot(training.error, heldOut.error);

/**
 * Returns by how much the gap of a group exceeds that of the others, and the one-sided p-value of a z-test, of groups
 * of a t-test.
 */
export function compareGaps(
  inside: Gap,
  outside: Gap,
  confidence = DEFAULT_CONFIDENCE,
): { readonly excess: number; readonly interval: Interval; readonly pValue: number } {
  const excess = difference(inside) - difference(outside);
  const error = Math.hypot(measureError(inside), measureError(outside));
  const degrees = measureDegrees([inside, outside]);
  return {
    excess,
    interval: makeInterval(excess, error, { confidence, degrees }),
    pValue:
      error === Infinity || Number.isNaN(excess)
        ? 1
        : error === 0
          ? Number(excess <= 0)
          : degrees === Infinity
            ? 1 - normalCdf(excess / error)
            : studentCdf(-excess / error, degrees),
  };
}

/** Returns the 95 % interval of the difference of held-out and training. */
export const estimateDifference = (gap: Gap): Interval =>
  makeInterval(difference(gap), measureError(gap), { degrees: measureDegrees([gap]) });

/** Degrees of freedom of a sum of errors (Satterthwaite 1946). */
function measureDegrees(gaps: readonly Gap[]): number {
  const levels = gaps.flatMap(({ training, heldOut }) => [training, heldOut]);
  const sum = (read: (level: Level) => number): number => levels.reduce((total, one) => total + read(one), 0);
  const spread = sum(({ error, degrees }) => error ** 4 / degrees);
  return spread > 0 && spread < Infinity ? sum(({ error }) => error ** 2) ** 2 / spread : Infinity;
}

function makeInterval(
  center: number,
  error: number,
  { confidence = DEFAULT_CONFIDENCE, degrees }: { readonly confidence?: number; readonly degrees: number },
): Interval {
  const share = (1 + confidence) / 2;
  const half = (degrees === Infinity ? normalQuantile(share) : studentQuantile(share, degrees)) * error;
  return { low: center - half, high: center + half };
}
