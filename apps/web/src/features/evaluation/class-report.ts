import {
  computeCalibration,
  estimateMacroF1,
  f1Interval,
  type Outputs,
  readScore,
  type ReductionChart,
  reduceOutputs,
  wilsonInterval,
} from '@noema/evaluation';
import type { EvaluationColumns } from './evaluation-columns.js';
import { differenceOfShares, type Measure, measureLoss, measureMean, measureShare } from './measures.js';
import type { ClassReport, ClassRow } from './report.js';

type Reduced<Name extends string> = Extract<ReturnType<typeof reduceOutputs>, Record<Name, unknown>>;

const reduction = (name: ReductionChart['reduction'], className?: string): ReductionChart => ({
  kind: 'reduction',
  reduction: name,
  normalize: 'none',
  className,
  versions: ['current'],
  title: '',
  where: '',
  on: undefined,
  interval: 95,
});

/** Names of the classes; their numbers where the names do not fit the outputs. */
export function listClassNames({ classNames, width }: Outputs): readonly string[] {
  const count = Math.max(2, width);
  return classNames.length === count
    ? classNames.map((name, index) => (name === '' ? String(index) : name))
    : Array.from({ length: count }, (_, index) => String(index));
}

/** 1 for a correct prediction, 0 for a wrong one, 255 without ground truth. */
const hitsOn = ({ truth, predicted }: Outputs, rows: Uint32Array): Uint8Array =>
  Uint8Array.from(rows, (row) => (truth![row]! < 0 ? 255 : truth![row] === predicted![row] ? 1 : 0));

/** Squared error of the probabilities of each sample; of a single output that of its probability. */
function brierErrors(outputs: Outputs, rows: Uint32Array): Float64Array {
  const { truth, width } = outputs;
  const classes = width > 1 ? Array.from({ length: width }, (_, k) => k) : [1];
  return Float64Array.from(rows, (row) =>
    truth![row]! < 0
      ? NaN
      : classes.reduce((sum, k) => sum + (readScore(outputs, row, k) - (truth![row] === k ? 1 : 0)) ** 2, 0),
  );
}

const pickLosses = ({ losses }: Outputs, rows: Uint32Array): Float64Array =>
  Float64Array.from(rows, (row) => losses[row]!);

/** Accuracy, loss, F1, calibration error and Brier score, each against the other version where there is one. */
export function measureClasses(
  outputs: Outputs,
  before: Outputs | undefined,
  rows: Uint32Array,
  report: ClassReport,
): Measure[] {
  const macro = estimateMacroF1({ classCount: report.names.length, cells: report.cells });
  const earlier = before && (reduceOutputs(reduction('classes'), before, rows) as Reduced<'macro'>);
  const own = (name: string, value: number, earlierValue: number | undefined): Measure => ({
    name,
    isShare: true,
    value,
    n: report.n,
    note: 'no interval: not a mean over samples',
    difference: earlierValue === undefined ? undefined : { value: value - earlierValue, n: report.n },
  });
  return [
    measureShare('accuracy', hitsOn(outputs, rows), before && hitsOn(before, rows)),
    {
      ...own('F1, mean over classes', macro.value, earlier?.macro.f1),
      interval: macro.interval,
      note: macro.note,
    },
    measureLoss(pickLosses(outputs, rows), before && pickLosses(before, rows), report.n),
    {
      ...own(
        'calibration error (ECE)',
        report.calibration.expectedCalibrationError,
        before && calibrate(before, rows).expectedCalibrationError,
      ),
      interval: report.calibration.errorInterval,
      note:
        report.calibration.errorInterval === undefined ? 'no interval with fewer than 20 samples' : undefined,
    },
    measureMean('Brier score', brierErrors(outputs, rows), before && brierErrors(before, rows)),
  ];
}

/** Confidence of the predicted class against the share of correct predictions. */
function calibrate(outputs: Outputs, rows: Uint32Array) {
  const known = rows.filter((row) => outputs.truth![row]! >= 0);
  return computeCalibration({
    isPositive: Uint8Array.from(known, (row) => (outputs.truth![row] === outputs.predicted![row] ? 1 : 0)),
    scores: Float64Array.from(known, (row) => readScore(outputs, row, outputs.predicted![row]!)),
  });
}

/**
 * Returns the report of a task with one class for each sample. `focus` is the class of the curves; the last class
 * where there are fewer.
 */
export function reportClassification(
  outputs: Outputs,
  before: Outputs | undefined,
  { rows, focus: asked }: { readonly rows: Uint32Array; readonly focus: number },
): ClassReport {
  const names = listClassNames(outputs);
  const focus = Math.min(asked, names.length - 1);
  const byClass = before && groupByClass(outputs, rows, names.length);
  const { cells, n } = reduceOutputs(reduction('confusion'), outputs, rows) as Reduced<'cells'>;
  const { classes, meanLoss } = reduceOutputs(reduction('classes'), outputs, rows) as Reduced<'meanLoss'>;
  const { edges, correct, misclassified } = reduceOutputs(
    reduction('confidence'),
    outputs,
    rows,
  ) as Reduced<'misclassified'>;
  const bins = (counts: Float64Array, series: string) =>
    Array.from(counts, (count, bin) => ({ low: edges[bin]!, high: edges[bin + 1]!, count, series }));
  return {
    names,
    cells,
    n,
    rows: classes.map(
      ({ precision, recall, f1, support, predicted, correct: hits }, index): ClassRow => ({
        index,
        name: names[index]!,
        precision,
        precisionInterval: predicted === 0 ? undefined : wilsonInterval(hits, predicted),
        recall,
        recallInterval: support === 0 ? undefined : wilsonInterval(hits, support),
        recallDifference:
          before && support > 0 ? recallDifference(outputs, before, byClass![index]!) : undefined,
        f1,
        f1Interval: f1Interval({ correct: hits, support, predicted }),
        support,
        predicted,
        meanLoss: meanLoss[index]!,
      }),
    ),
    confidence: [...bins(correct, 'correct'), ...bins(misclassified, 'misclassified')],
    calibration: calibrate(outputs, rows),
    focus,
    curves: curvesFor(outputs, rows, { support: classes[focus]!.support, n, name: names[focus]! }),
  };
}

const recallDifference = (outputs: Outputs, before: Outputs, own: Uint32Array) =>
  differenceOfShares(hitsOn(outputs, own), hitsOn(before, own));

/** The rows of each class of the ground truth, in one pass. */
function groupByClass({ truth }: Outputs, rows: Uint32Array, count: number): Uint32Array[] {
  const groups = Array.from({ length: count }, (): number[] => []);
  for (const row of rows) groups[truth![row]!]?.push(row);
  return groups.map((group) => Uint32Array.from(group));
}

/** Curves need positives and negatives. */
function curvesFor(
  outputs: Outputs,
  rows: Uint32Array,
  { support, n, name }: { readonly support: number; readonly n: number; readonly name: string },
): ClassReport['curves'] {
  if (support === 0 || support === n) return undefined;
  // The reductions know classes by the same names as this report.
  const named = { ...outputs, classNames: listClassNames(outputs) };
  const pr = reduceOutputs(reduction('pr', name), named, rows) as Reduced<'curve'>;
  const roc = reduceOutputs(reduction('roc', name), named, rows) as Reduced<'curve'>;
  const { thresholds } = reduceOutputs(reduction('thresholds', name), named, rows) as Reduced<'thresholds'>;
  return {
    pr: pr.curve,
    averagePrecision: pr.area,
    roc: roc.curve,
    areaUnderRoc: roc.area,
    thresholds,
    positives: support,
  };
}

/** True where the evaluation has classes and at least one of these rows has ground truth. */
export const hasClasses = (columns: EvaluationColumns, outputs: Outputs, rows: Uint32Array): boolean =>
  columns.rows > 0 &&
  outputs.predicted !== undefined &&
  outputs.truth !== undefined &&
  rows.some((row) => outputs.truth![row]! >= 0);
