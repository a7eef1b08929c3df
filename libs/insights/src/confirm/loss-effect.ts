import { computeMoments } from '@noema/evaluation';
import type { Effect } from '../finding/finding.js';
import { studentisedDifference, type StudentisedOptions } from '../statistics/studentised-bootstrap.js';

/** Returns the difference of the mean losses of samples and of the rest; undefined where a side has no loss. */
export function compareMeanLosses(
  own: Float64Array,
  others: Float64Array,
  options: StudentisedOptions,
): Effect | undefined {
  if (own.length === 0 || others.length === 0) return undefined;
  const [inside, outside] = [computeMoments(own).mean, computeMoments(others).mean];
  return {
    measure: 'mean loss',
    inside,
    outside,
    insideCount: own.length,
    outsideCount: others.length,
    difference: inside - outside,
    interval: studentisedDifference(own, others, options),
  };
}
