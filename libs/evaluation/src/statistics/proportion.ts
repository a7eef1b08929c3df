import { optionInvalid } from '../evaluation.errors.js';
import { criticalValue, DEFAULT_CONFIDENCE, type Interval } from './interval.js';

/**
 * Returns the score interval of a proportion (Wilson 1927); 0 to 1 without trials. `successes` may be any number
 * from 0 to `trials`, and `trials` an effective number, which is no whole one. Throws `invalid` OPTION_INVALID.
 */
export function wilsonInterval(
  successes: number,
  trials: number,
  confidence: number = DEFAULT_CONFIDENCE,
): Interval {
  if (!(trials >= 0 && trials < Infinity)) throw optionInvalid('trials', trials, 'a number of 0 or more');
  if (!(successes >= 0 && successes <= trials))
    throw optionInvalid('successes', successes, `a number from 0 to ${trials}`);
  const z = criticalValue(confidence);
  if (trials === 0) return { low: 0, high: 1 };
  const share = successes / trials;
  const spread = 1 + (z * z) / trials;
  const center = (share + (z * z) / (2 * trials)) / spread;
  const half = (z / spread) * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  // Rounding must not exclude the end that the formula reaches exactly.
  return {
    low: successes === 0 ? 0 : Math.max(0, center - half),
    high: successes === trials ? 1 : Math.min(1, center + half),
  };
}

/**
 * Returns the interval of F1 of one class; undefined for a class without a sample and a prediction. F1 is 2J / (1 + J)
 * of the share J of hits among the samples that have the class or get it, so that Wilson's interval of J gives it.
 */
export function f1Interval(
  {
    correct,
    support,
    predicted,
  }: { readonly correct: number; readonly support: number; readonly predicted: number },
  confidence: number = DEFAULT_CONFIDENCE,
): Interval | undefined {
  const either = support + predicted - correct;
  if (either === 0) return undefined;
  const { low, high } = wilsonInterval(correct, either, confidence);
  return { low: (2 * low) / (1 + low), high: (2 * high) / (1 + high) };
}
