import { checkOpenShare } from '../evaluation.errors.js';
import { normalQuantile } from './distributions.js';

/** A confidence interval, both ends included. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Confidence of an interval where none is given. */
export const DEFAULT_CONFIDENCE = 0.95;

/** Returns the two-sided critical value of the normal distribution. Throws `invalid` OPTION_INVALID. */
export function criticalValue(confidence: number): number {
  checkOpenShare('confidence', confidence);
  return normalQuantile((1 + confidence) / 2);
}
