import type { Area, Calibration, Curve, ThresholdMetrics } from '@noema/evaluation';
import { f1Interval, wilsonInterval } from '@noema/evaluation/proportion';
import type { ChartMark, ChartSpec } from '../../parts/charts/chart.js';
import { count, part, trust, value } from '../../parts/numbers.js';
import { CORRECTNESS } from '../../parts/scales/scales.js';
import type { HistogramBin } from './report.js';

const SHARE = { format: part, range: [0, 1] as const };

/** Charts of the scores of a version. */
export const SCORE_SPECS = {
  pr: {
    kind: 'curve',
    title: 'Precision and recall',
    x: { title: 'recall', ...SHARE },
    value: { title: 'precision', ...SHARE },
  },
  roc: {
    kind: 'curve',
    title: 'ROC',
    x: { title: 'false positive rate', ...SHARE },
    value: { title: 'true positive rate', ...SHARE },
    hasDiagonal: true,
  },
  thresholds: {
    kind: 'curve',
    title: 'Threshold',
    x: { title: 'threshold', range: [0, 1] },
    value: { title: 'share', ...SHARE },
  },
  calibration: {
    kind: 'curve',
    title: 'Calibration',
    x: { title: 'mean confidence', ...SHARE },
    value: { title: 'share correct', ...SHARE },
    hasDiagonal: true,
  },
  confidence: {
    kind: 'histogram',
    title: 'Confidence',
    x: { title: 'confidence', range: [0, 1] },
    value: { title: 'samples', format: value },
    colors: { correct: CORRECTNESS['true']!, misclassified: CORRECTNESS['false']! },
  },
} satisfies Record<string, ChartSpec>;

/** A point whose position is a number; its samples have scores from a threshold on. */
export interface CurveMark extends ChartMark {
  readonly x: number;
  readonly threshold: number;
}

export interface BinMark extends ChartMark {
  readonly bin: { readonly low: number; readonly high: number };
}

interface Confidence {
  readonly positives: number;
  /** Of the intervals, below 1. */
  readonly confidence?: number | undefined;
}

const readShare = (hits: number, n: number, confidence: number | undefined) => ({
  n,
  interval: n === 0 ? undefined : wilsonInterval(hits, n, confidence),
});

/**
 * The points of a curve with their thresholds. A precision is a share of the samples at or above the threshold, a true
 * positive rate of the samples of the class; the interval is of this share.
 */
export const curveMarks = (
  kind: 'pr' | 'roc',
  { x, y, thresholds, above }: Curve,
  { positives, confidence }: Confidence,
): CurveMark[] =>
  Array.from(x, (at, i) => ({
    x: at,
    value: y[i]!,
    threshold: thresholds[i]!,
    ...(kind === 'pr'
      ? readShare(Math.round(at * positives), above[i]!, confidence)
      : readShare(Math.round(y[i]! * positives), positives, confidence)),
    notes: Number.isFinite(thresholds[i]) ? [`threshold ${value(thresholds[i])}`] : [],
  }));

/** Precision, recall and F1 at thresholds. */
export function thresholdMarks(
  thresholds: readonly ThresholdMetrics[],
  n: number,
  confidence?: number,
): CurveMark[] {
  return (['precision', 'recall', 'f1'] as const).flatMap((metric) =>
    thresholds.map((at) => {
      const above = at.truePositives + at.falsePositives;
      const positives = at.truePositives + at.falseNegatives;
      return {
        x: at.threshold,
        threshold: at.threshold,
        series: metric === 'f1' ? 'F1' : metric,
        value: at[metric],
        ...(metric === 'f1'
          ? { n, interval: f1Interval(toCounts(at), confidence) }
          : readShare(at.truePositives, metric === 'precision' ? above : positives, confidence)),
        notes: [`${count(above)} at or above it`],
      };
    }),
  );
}

const toCounts = ({ truePositives, falsePositives, falseNegatives }: ThresholdMetrics) => ({
  correct: truePositives,
  support: truePositives + falseNegatives,
  predicted: truePositives + falsePositives,
});

/** The calibration error with its interval and n. */
export const calibrationNote = ({ expectedCalibrationError, errorInterval, n }: Calibration): string =>
  `ECE ${trust(expectedCalibrationError)}` +
  (errorInterval === undefined ? '' : ` (${trust(errorInterval.low)} to ${trust(errorInterval.high)})`) +
  `, n = ${count(n)}`;

/** The share of correct samples in each bin of the confidence that has samples. */
export const calibrationMarks = ({ bins }: Calibration, confidence?: number): BinMark[] =>
  bins
    .filter(({ n }) => n > 0)
    .map(({ confidence: x, share, n, positives, low, high }) => ({
      x,
      value: share,
      ...readShare(positives, n, confidence),
      notes: [`confidence ${part(low)} to ${part(high)}`],
      bin: { low, high },
    }));

/** Numbers of samples in each bin of the confidence. */
export const confidenceMarks = (bins: readonly HistogramBin[]): BinMark[] =>
  bins.map(({ low, high, count: samples, series }) => ({
    x: low,
    low,
    high,
    series,
    value: samples,
    n: samples,
    bin: { low, high },
  }));

/** An area with its interval, or the reason for a missing one: `AP 0.957, 95% interval 0.930 to 0.974, n = 600`. */
export function areaText(
  name: string,
  { value: area, interval, note }: Area,
  n: number,
  percent = 95,
): string {
  const sure =
    interval === undefined
      ? note === undefined
        ? ''
        : `, ${note}`
      : `, ${percent}% interval ${trust(interval.low)} to ${trust(interval.high)}`;
  return `${name} ${trust(area)}${sure}, n = ${count(n)}`;
}
