import type { Curve, ThresholdMetrics } from '@noema/evaluation';
import { wilsonInterval } from '@noema/evaluation/proportion';
import type { ChartMark } from '../../parts/charts/chart.js';
import { count, value } from '../../parts/numbers.js';

/** A point whose position is a number. */
interface CurveMark extends ChartMark {
  readonly x: number;
}

/** The points of a curve with their thresholds. */
export const curveMarks = ({ x, y, thresholds }: Curve, n: number): ChartMark[] =>
  Array.from(x, (at, i) => ({
    x: at,
    value: y[i]!,
    n,
    notes: Number.isFinite(thresholds[i]) ? [`threshold ${value(thresholds[i])}`] : [],
  }));

/**
 * Precision, recall and F1 at thresholds. A precision is a share of the samples at or above the threshold, a recall of
 * the samples of the class; F1 is no share of samples and has no interval.
 */
export function thresholdMarks(thresholds: readonly ThresholdMetrics[], n: number): CurveMark[] {
  const share = (positives: number, of: number) => ({
    n: of,
    interval: of === 0 ? undefined : wilsonInterval(positives, of),
  });
  return (['precision', 'recall', 'f1'] as const).flatMap((metric) =>
    thresholds.map((at) => {
      const above = at.truePositives + at.falsePositives;
      const positives = at.truePositives + at.falseNegatives;
      return {
        x: at.threshold,
        series: metric === 'f1' ? 'F1' : metric,
        value: at[metric],
        ...(metric === 'f1' ? { n } : share(at.truePositives, metric === 'precision' ? above : positives)),
        notes: [`${count(above)} at or above it`],
      };
    }),
  );
}
