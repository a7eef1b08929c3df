import type { Comparator } from '../grammar/expression.js';
import { criticalValue } from '../statistics/interval.js';
import { samplesToDecide } from '../statistics/sample-size.js';
import type { Estimate } from './estimate.js';

/** `undecided` when the limit lies inside the interval, or the samples cannot decide. */
export type Verdict = 'pass' | 'fail' | 'undecided';

/** Whether both ends of the interval hold, or neither. */
export function decide(comparator: Comparator, { estimate, limit, interval }: Estimate): Verdict {
  const { low, high } = interval ?? { low: estimate, high: estimate };
  const holds: Readonly<Record<Comparator, (value: number) => boolean>> = {
    '<': (value) => value < limit,
    '<=': (value) => value <= limit,
    '>': (value) => value > limit,
    '>=': (value) => value >= limit,
    '=': (value) => value === limit,
  };
  // Both ends can differ from a limit that lies between them.
  if (comparator === '=' && low < limit && limit < high) return 'undecided';
  const [atLow, atHigh] = [holds[comparator](low), holds[comparator](high)];
  return atLow !== atHigh ? 'undecided' : atLow ? 'pass' : 'fail';
}

/** Number of samples that would decide an undecided test; undefined where none is known. */
export function samplesNeeded(
  { n, estimate, limit, interval }: Estimate,
  confidence: number,
): number | undefined {
  if (interval === undefined) return undefined;
  const standardError = (interval.high - interval.low) / (2 * criticalValue(confidence));
  return samplesToDecide({ n, distance: estimate - limit, standardError }, { confidence });
}
