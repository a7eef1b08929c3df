import { checkCount } from '../evaluation.errors.js';
import type { RankedCounts } from './ranking.js';

/** A curve of one point per threshold, from the highest score down. */
export interface Curve {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly thresholds: Float64Array;
  /** Number of samples with a score at or above the threshold. */
  readonly above: Float64Array;
}

/**
 * Returns precision (y) against recall (x), beginning with precision 1 at recall 0 and an infinite threshold.
 * Recall is NaN without positives.
 */
export function precisionRecallCurve(ranked: RankedCounts): Curve {
  const { truePositives, falsePositives, positives } = ranked;
  return withStart(ranked, {
    x: truePositives.map((count) => count / positives),
    y: truePositives.map((count, i) => count / (count + falsePositives[i]!)),
    start: 1,
  });
}

/** Returns the true-positive rate (y) against the false-positive rate (x); NaN without positives or negatives. */
export function rocCurve(ranked: RankedCounts): Curve {
  const { truePositives, falsePositives, positives, negatives } = ranked;
  return withStart(ranked, {
    x: falsePositives.map((count) => count / negatives),
    y: truePositives.map((count) => count / positives),
    start: 0,
  });
}

function withStart(
  { thresholds, truePositives, falsePositives }: RankedCounts,
  { x, y, start }: { readonly x: Float64Array; readonly y: Float64Array; readonly start: number },
): Curve {
  return {
    x: prepend(0, x),
    y: prepend(start, y),
    thresholds: prepend(Infinity, thresholds),
    above: prepend(
      0,
      truePositives.map((count, i) => count + falsePositives[i]!),
    ),
  };
}

function prepend(first: number, rest: Float64Array): Float64Array {
  const all = new Float64Array(rest.length + 1);
  all[0] = first;
  all.set(rest, 1);
  return all;
}

/** Returns the average precision: the sum of precision times the step in recall, without interpolation. */
export function averagePrecision({ truePositives, falsePositives, positives }: RankedCounts): number {
  if (positives === 0) return NaN;
  let [sum, before] = [0, 0];
  truePositives.forEach((count, i) => {
    sum += ((count - before) / positives) * (count / (count + falsePositives[i]!));
    before = count;
  });
  return sum;
}

/** Returns the area under the ROC curve by trapezoids: a tie counts half. */
export function areaUnderRoc({ truePositives, falsePositives, positives, negatives }: RankedCounts): number {
  let [sum, x, y] = [0, 0, 0];
  truePositives.forEach((count, i) => {
    sum += (falsePositives[i]! - x) * (count + y);
    [x, y] = [falsePositives[i]!, count];
  });
  return sum / (2 * positives * negatives);
}

/**
 * Returns at most `maxPoints` points of a curve for drawing: the first, the last and between them points at equal
 * steps along the length of the curve, which keeps its corners to within that step.
 */
export function thinCurve(curve: Curve, maxPoints: number): Curve {
  checkCount('maxPoints', maxPoints, 2);
  const { x, y } = curve;
  if (x.length <= maxPoints) return curve;
  const length = new Float64Array(x.length);
  for (let i = 1; i < x.length; i++)
    length[i] = length[i - 1]! + Math.abs(x[i]! - x[i - 1]!) + Math.abs(y[i]! - y[i - 1]!);
  const step = length[x.length - 1]! / (maxPoints - 1);
  const chosen = [0];
  for (let i = 1; i < x.length - 1; i++)
    if (length[i]! >= chosen.length * step && chosen.length < maxPoints - 1) chosen.push(i);
  chosen.push(x.length - 1);
  const take = (values: Float64Array): Float64Array => Float64Array.from(chosen, (i) => values[i]!);
  return { x: take(x), y: take(y), thresholds: take(curve.thresholds), above: take(curve.above) };
}
