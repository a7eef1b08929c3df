import { formatField } from '@noema/kernel/filter-language';
import {
  type Calibration,
  findClass,
  type Outputs,
  readScore,
  type ReductionChart,
  reduceOutputs,
} from '@noema/evaluation';
import { listClassNames } from '../../features/evaluation/class-report.js';
import { measureNumbers, pickNumbers } from '../../features/evaluation/number-report.js';
import {
  areaText,
  calibrationNote,
  calibrationMarks,
  confidenceMarks,
  curveMarks,
  thresholdMarks,
} from '../../features/evaluation/score-charts.js';
import { count } from '../../parts/numbers.js';
import type { DashboardMark } from './dashboard-mark.js';
import { readsClass, type ScoreReduction, scoreField } from './score-fields.js';

/** The marks of a reduction of scores, a summary for its title, and the reason for missing marks. */
export interface ScoreMarks {
  readonly marks: readonly DashboardMark[];
  readonly note: string;
  readonly reason?: string | undefined;
}

/** Outputs whose classes have the names that charts and filters use. */
export const nameClasses = (outputs: Outputs): Outputs => ({
  ...outputs,
  classNames: listClassNames(outputs),
});

/**
 * The field with the scores of the class of a chart; undefined for a chart of all classes and for a name that is not
 * wanted. Throws as `findClass`.
 */
export function scoreColumn(
  chart: ReductionChart,
  outputs: Outputs,
  isWanted: (name: string) => boolean,
): { readonly name: string; readonly values: Float64Array } | undefined {
  if (outputs.truth === undefined || !readsClass(chart, Math.max(2, outputs.width))) return undefined;
  const index = findClass(chart, outputs);
  const name = scoreField(outputs.classNames[index]!);
  if (!isWanted(name)) return undefined;
  return {
    name,
    values: Float64Array.from({ length: outputs.truth.length }, (_, row) => readScore(outputs, row, index)),
  };
}

/**
 * Computes a reduction of the scores of some rows. `own` are the conditions of the chart, `version` the name of its
 * version. Throws as `reduceOutputs`.
 */
export function markScores(
  chart: ReductionChart & { readonly reduction: ScoreReduction },
  outputs: Outputs,
  { rows, own, version }: { rows: Uint32Array; own: readonly string[]; version: string },
): ScoreMarks {
  const confidence = chart.interval / 100;
  // The current version has other scores.
  const where = (...conditions: readonly string[]): string | undefined =>
    version === 'current' ? [...own.map((text) => `(${text})`), ...conditions].join(' AND ') : undefined;
  const reduced = reduceOutputs(chart, outputs, rows);
  if ('thresholds' in reduced || 'curve' in reduced) {
    const { positives, negatives } = reduced;
    const n = positives + negatives;
    if (positives === 0 || negatives === 0)
      return {
        marks: [],
        note: `n = ${count(n)}`,
        reason: 'There is no curve without samples of the class and samples of others.',
      };
    const points =
      'thresholds' in reduced
        ? thresholdMarks(reduced.thresholds, n, confidence)
        : curveMarks(chart.reduction as 'pr' | 'roc', reduced.curve, { positives, confidence });
    const field = formatField(scoreField(outputs.classNames[findClass(chart, outputs)]!));
    return {
      marks: points.map(({ threshold, ...mark }) => ({
        ...mark,
        version,
        where: Number.isFinite(threshold) ? where(`${field} >= ${threshold}`) : undefined,
      })),
      note:
        'thresholds' in reduced
          ? `n = ${count(n)}`
          : areaText(chart.reduction === 'pr' ? 'AP' : 'area', reduced.area, n, chart.interval),
    };
  }
  if ('bins' in reduced) return markCalibration(chart, outputs, reduced, { where, version });
  if ('misclassified' in reduced) {
    const { edges, correct, misclassified } = reduced;
    const last = edges.at(-1);
    const bins = [
      { counts: correct, series: 'correct' },
      { counts: misclassified, series: 'misclassified' },
    ].flatMap(({ counts, series }) =>
      Array.from(counts, (own, at) => ({ low: edges[at]!, high: edges[at + 1]!, count: own, series })),
    );
    return {
      marks: confidenceMarks(bins).map(({ bin: { low, high }, ...mark }) => ({
        ...mark,
        version,
        where: where(
          `correct = ${mark.series === 'correct'}`,
          `confidence >= ${low}`,
          `confidence ${high === last ? '<=' : '<'} ${high}`,
        ),
      })),
      note: `n = ${count(bins.reduce((sum, bin) => sum + bin.count, 0))}`,
    };
  }
  return markErrors(outputs, rows, version);
}

function markCalibration(
  chart: ReductionChart,
  outputs: Outputs,
  calibration: Calibration,
  { where, version }: { where: (...conditions: readonly string[]) => string | undefined; version: string },
): ScoreMarks {
  const field = readsClass(chart, Math.max(2, outputs.width))
    ? formatField(scoreField(outputs.classNames[findClass(chart, outputs)]!))
    : 'confidence';
  return {
    marks: calibrationMarks(calibration, chart.interval / 100).map(({ bin: { low, high }, ...mark }) => ({
      ...mark,
      version,
      // A score at the end of a bin belongs to the bin below it.
      where: where(`${field} ${low === 0 ? '>=' : '>'} ${low}`, `${field} <= ${high}`),
    })),
    note: calibrationNote(calibration),
  };
}

/** MAE, RMSE, R² and mean residual of the one output, with intervals of 95 %. */
function markErrors(outputs: Outputs, rows: Uint32Array, version: string): ScoreMarks {
  const measures = measureNumbers(pickNumbers(outputs, rows, 0), undefined);
  return {
    marks: measures.map(({ name, value, n, interval, note }) => ({
      x: name,
      value,
      n,
      interval,
      notes: note === undefined ? [] : [note],
      version,
      where: undefined,
    })),
    note: `n = ${count(measures[0]?.n ?? 0)}`,
  };
}
