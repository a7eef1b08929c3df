import { DomainError } from '@noema/kernel/domain-error';
import type { ReductionChart } from '../grammar/document.js';
import { computeCalibration } from '../reductions/calibration.js';
import { meanByClass, reportClasses } from '../reductions/class-metrics.js';
import { computeConfusion, normalizeConfusion } from '../reductions/confusion.js';
import { estimateAreaUnderRoc, estimateAveragePrecision } from '../reductions/area-intervals.js';
import { precisionRecallCurve, rocCurve, thinCurve } from '../reductions/curves.js';
import { confidenceHistogram } from '../reductions/histogram.js';
import { type RankedCounts, rankScores } from '../reductions/ranking.js';
import { reportRegression } from '../reductions/regression.js';
import { sweepThresholds } from '../reductions/thresholds.js';

/** Ground truth and outputs of one version for all rows of a population. */
export interface Outputs {
  /** Class of the ground truth [rows], −1 without one; undefined for a regression. */
  readonly truth: Int32Array | undefined;
  /** Class with the highest score [rows]. */
  readonly predicted: Int32Array | undefined;
  /** Probabilities of a classifier, numbers of a regression: [rows, width], row-major. */
  readonly scores: Float32Array | Float64Array;
  readonly width: number;
  /** Numbers of the ground truth of a regression [rows, width]. */
  readonly targets: Float32Array | Float64Array | undefined;
  /** [rows], NaN without ground truth. */
  readonly losses: Float32Array | Float64Array;
  readonly classNames: readonly string[];
}

/** Points of a curve that are returned. */
const MAX_POINTS = 500;
const SWEEP = Array.from({ length: 101 }, (_, i) => i / 100);

type Classified = Outputs & { readonly truth: Int32Array; readonly predicted: Int32Array };

/**
 * Computes a reduction of some rows. Throws `unsupported` REDUCTION_UNSUITABLE when the outputs do not fit it,
 * `invalid` CLASS_UNKNOWN with the known names.
 */
export function reduceOutputs(chart: ReductionChart, outputs: Outputs, rows: Uint32Array) {
  switch (chart.reduction) {
    case 'confusion': {
      const matrix = confusion(chart, outputs, rows);
      return { ...matrix, shares: normalizeConfusion(matrix, chart.normalize) };
    }
    case 'classes': {
      const matrix = confusion(chart, outputs, rows);
      const { truth, losses } = classified(chart, outputs);
      const picked = Float64Array.from(rows, (row) => losses[row]!);
      return {
        ...reportClasses(matrix),
        meanLoss: meanByClass(
          Int32Array.from(rows, (row) => truth[row]!),
          picked,
          matrix.classCount,
        ),
      };
    }
    case 'pr': {
      const ranked = rank(chart, outputs, rows);
      const area = estimateAveragePrecision(ranked, chart.interval / 100);
      return { curve: thinCurve(precisionRecallCurve(ranked), MAX_POINTS), area, ...countRanked(ranked) };
    }
    case 'roc': {
      const ranked = rank(chart, outputs, rows);
      const area = estimateAreaUnderRoc(ranked, chart.interval / 100);
      return { curve: thinCurve(rocCurve(ranked), MAX_POINTS), area, ...countRanked(ranked) };
    }
    case 'thresholds': {
      const ranked = rank(chart, outputs, rows);
      return { thresholds: sweepThresholds(ranked, SWEEP), ...countRanked(ranked) };
    }
    case 'calibration':
      return computeCalibration(
        chart.className === undefined && classified(chart, outputs).width > 2
          ? confidences(chart, outputs, rows)
          : decision(chart, outputs, rows),
        { confidence: chart.interval / 100 },
      );
    case 'confidence': {
      const { scores, isPositive } = confidences(chart, outputs, rows);
      return confidenceHistogram(scores, isPositive);
    }
    case 'regression': {
      const { targets, scores, width } = outputs;
      if (targets === undefined || width !== 1)
        throw unsuitable(chart, 'a regression with one output and ground truth');
      return reportRegression(
        Float64Array.from(rows, (row) => targets[row]!),
        Float64Array.from(rows, (row) => scores[row]!),
      );
    }
  }
}

const unsuitable = ({ reduction }: ReductionChart, needs: string): DomainError =>
  new DomainError(
    'unsupported',
    'REDUCTION_UNSUITABLE',
    `"${reduction}" needs ${needs}, which this version does not have; choose another reduction`,
    { metadata: { reduction } },
  );

function classified(chart: ReductionChart, outputs: Outputs): Classified {
  const { truth, predicted } = outputs;
  if (truth === undefined || predicted === undefined)
    throw unsuitable(chart, 'classes and their ground truth');
  return { ...outputs, truth, predicted };
}

function confusion(chart: ReductionChart, outputs: Outputs, rows: Uint32Array) {
  const { truth, predicted, width } = classified(chart, outputs);
  return computeConfusion(
    { truth: pick(truth, rows), predicted: pick(predicted, rows) },
    // One number of an output decides between two classes.
    Math.max(2, width),
  );
}

const pick = (values: Int32Array, rows: Uint32Array): Int32Array =>
  Int32Array.from(rows, (row) => values[row]!);

/** The score of the predicted class, and whether it is correct, for the rows with ground truth. */
function confidences(chart: ReductionChart, outputs: Outputs, rows: Uint32Array) {
  const { truth, predicted } = classified(chart, outputs);
  const known = rows.filter((row) => truth[row]! >= 0);
  return {
    isPositive: Uint8Array.from(known, (row) => (truth[row] === predicted[row] ? 1 : 0)),
    scores: Float64Array.from(known, (row) => readScore(outputs, row, predicted[row]!)),
  };
}

const countRanked = ({ positives, negatives }: RankedCounts) => ({ positives, negatives });

/** One class against all others, for the rows with ground truth. */
function decision(chart: ReductionChart, outputs: Outputs, rows: Uint32Array) {
  const { truth } = classified(chart, outputs);
  const classIndex = findClass(chart, outputs);
  const known = rows.filter((row) => truth[row]! >= 0);
  return {
    isPositive: Uint8Array.from(known, (row) => (truth[row] === classIndex ? 1 : 0)),
    scores: Float64Array.from(known, (row) => readScore(outputs, row, classIndex)),
  };
}

/** The score of a class; one number of an output is the score of the second of two classes. */
export const readScore = (
  { scores, width }: Pick<Outputs, 'scores' | 'width'>,
  row: number,
  classIndex: number,
): number =>
  width > 1 ? (scores[row * width + classIndex] ?? NaN) : classIndex === 1 ? scores[row]! : 1 - scores[row]!;

const rank = (chart: ReductionChart, outputs: Outputs, rows: Uint32Array): RankedCounts =>
  rankScores(decision(chart, outputs, rows));

/**
 * Returns the class of a curve by name or number; of two classes the second one when none is named. Throws `invalid`
 * CLASS_UNKNOWN with the known names.
 */
export function findClass(
  { className }: Pick<ReductionChart, 'className'>,
  { classNames, width }: Pick<Outputs, 'classNames' | 'width'>,
): number {
  const count = Math.max(2, width);
  const known = classNames.length === count ? classNames : Array.from({ length: count }, (_, k) => String(k));
  if (className === undefined && count === 2) return 1;
  const found = known.indexOf(className ?? '');
  if (found >= 0) return found;
  throw new DomainError(
    'invalid',
    'CLASS_UNKNOWN',
    `there is no class ${className === undefined ? 'named' : `"${className}"`}; write class, one of ` +
      known.join(', '),
    { metadata: { class: className ?? '' } },
  );
}
