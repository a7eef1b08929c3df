import { normalQuantile } from './distributions.js';
import type { Interval } from './interval.js';

/** The interval of a share with a known variance, on the scale of logits; `value` lies between 0 and 1. */
export function logitInterval(value: number, variance: number, confidence: number): Interval {
  const middle = Math.log(value / (1 - value));
  const reach = (normalQuantile((1 + confidence) / 2) * Math.sqrt(variance)) / (value * (1 - value));
  const toShare = (logit: number): number => 1 / (1 + Math.exp(-logit));
  return { low: toShare(middle - reach), high: toShare(middle + reach) };
}
