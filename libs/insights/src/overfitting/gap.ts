import {
  computeMoments,
  DEFAULT_CONFIDENCE,
  type Interval,
  normalCdf,
  normalQuantile,
} from '@noema/evaluation';

/** Number, mean and standard error of the mean of some values. */
export interface Level {
  readonly n: number;
  readonly mean: number;
  readonly error: number;
}

/** Levels of a group in training and held out. */
export interface Gap {
  readonly training: Level;
  readonly heldOut: Level;
}

/**
 * Returns the level of some values, [n] float64. For rates, which have no spread when all are equal, the error is that
 * of the rate with one more success and one more failure (Agresti & Caffo 2000).
 */
export function measureLevel(values: Float64Array, isRate: boolean): Level {
  const { n, mean, deviation } = computeMoments(values);
  if (!isRate) return { n, mean, error: n < 2 ? Infinity : deviation / Math.sqrt(n) };
  const rate = (n * (n === 0 ? 0 : mean) + 1) / (n + 2);
  return { n, mean, error: Math.sqrt((rate * (1 - rate)) / (n + 2)) };
}

/** Returns held-out minus training. */
export const difference = ({ training, heldOut }: Gap): number => heldOut.mean - training.mean;

const measureError = ({ training, heldOut }: Gap): number => Math.hypot(training.error, heldOut.error);

/** Returns by how much the gap of a group exceeds that of the others, and the one-sided p-value of a z-test. */
export function compareGaps(
  inside: Gap,
  outside: Gap,
  confidence = DEFAULT_CONFIDENCE,
): { readonly excess: number; readonly interval: Interval; readonly pValue: number } {
  const excess = difference(inside) - difference(outside);
  const error = Math.hypot(measureError(inside), measureError(outside));
  return {
    excess,
    interval: makeInterval(excess, error, confidence),
    pValue:
      error === Infinity || Number.isNaN(excess)
        ? 1
        : error === 0
          ? Number(excess <= 0)
          : 1 - normalCdf(excess / error),
  };
}

/** Returns the 95 % interval of the difference of held-out and training. */
export const estimateDifference = (gap: Gap): Interval => makeInterval(difference(gap), measureError(gap));

function makeInterval(center: number, error: number, confidence = DEFAULT_CONFIDENCE): Interval {
  const half = normalQuantile((1 + confidence) / 2) * error;
  return { low: center - half, high: center + half };
}
