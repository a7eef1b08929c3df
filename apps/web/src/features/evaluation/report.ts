import type { Area, Calibration, Curve, Interval, ThresholdMetrics } from '@noema/evaluation';
import type { Difference, Measure } from './measures.js';

/** Which samples of an evaluation a report is about. */
export type ReportRows =
  /** Ranges of rows: the splits. */
  | { readonly ranges: readonly { readonly first: number; readonly count: number }[] }
  /** The rows that meet a filter. */
  | { readonly rows: Uint32Array };

/** Kinds of tasks that have a report of their own. */
export type ReportTask = 'classes' | 'labels' | 'numbers' | 'pixels' | 'objects';

export interface ReportRequest {
  /** Key of a loaded evaluation. */
  readonly key: string;
  /** Key of the evaluation that is compared with it. */
  readonly against: string | undefined;
  readonly task: ReportTask;
  readonly rows: ReportRows;
  readonly classNames: readonly string[];
  /** Class of the curves, or number of the output of a regression. */
  readonly focus: number;
}

/** The numbers of one class. */
export interface ClassRow {
  readonly index: number;
  readonly name: string;
  readonly precision: number;
  readonly precisionInterval: Interval | undefined;
  readonly recall: number;
  readonly recallInterval: Interval | undefined;
  readonly recallDifference: Difference | undefined;
  readonly f1: number;
  readonly f1Interval: Interval | undefined;
  /** Samples with the class as ground truth. */
  readonly support: number;
  /** Predictions of the class. */
  readonly predicted: number;
  readonly meanLoss: number;
}

export interface HistogramBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  readonly series?: string | undefined;
}

export interface ClassReport {
  readonly names: readonly string[];
  /** Counts [classes, classes], row-major: row = ground truth, column = prediction. */
  readonly cells: Float64Array;
  readonly n: number;
  readonly rows: readonly ClassRow[];
  readonly confidence: readonly HistogramBin[];
  /** Of the class with the highest score. */
  readonly calibration: Calibration;
  /** Class of the curves. */
  readonly focus: number;
  /** Of this class against all others; undefined without positives or without negatives. */
  readonly curves:
    | {
        readonly pr: Curve;
        readonly averagePrecision: Area;
        readonly roc: Curve;
        readonly areaUnderRoc: Area;
        readonly thresholds: readonly ThresholdMetrics[];
        readonly positives: number;
      }
    | undefined;
}

export interface NumberReport {
  readonly outputs: number;
  readonly residuals: readonly HistogramBin[];
  /** A fair part of the samples. */
  readonly points: readonly { readonly truth: number; readonly predicted: number; readonly row: number }[];
  readonly n: number;
}

export interface Report {
  /** Numbers of chosen samples: all, and the ones with ground truth. */
  readonly chosen: number;
  readonly compared: number;
  readonly measures: readonly Measure[];
  readonly classes?: ClassReport | undefined;
  readonly numbers?: NumberReport | undefined;
  /** Histograms of numbers of each sample, by name. */
  readonly histograms?: readonly { readonly name: string; readonly bins: readonly HistogramBin[] }[];
  /** Totals over all samples, such as missed objects. */
  readonly totals?: readonly { readonly name: string; readonly title: string; readonly total: number }[];
  /** Parts that cannot be computed, with the reason. */
  readonly missing: readonly string[];
}

/** A range of a number of each sample, such as a bin; `ends` are the ends that belong to it. */
export interface PickRange {
  /** `confidence`, `residual`, `score` of the class of the curves, or a column of the evaluation. */
  readonly column: string;
  readonly low: number;
  readonly high: number;
  readonly ends: 'low' | 'high' | 'both';
}

/** The ends of a bin of a histogram: the last bin has both. */
export const binEnds = (
  { high }: { readonly high: number },
  last: HistogramBin | undefined,
): PickRange['ends'] => (high === last?.high ? 'both' : 'low');

/** Samples of a mark: a cell, a class, or a range of a column. */
export interface Pick {
  readonly truth?: number | undefined;
  readonly predicted?: number | undefined;
  readonly correct?: boolean | undefined;
  readonly range?: PickRange | undefined;
  readonly row?: number | undefined;
}
