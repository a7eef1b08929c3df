import { DomainError } from '@noema/kernel/domain-error';
import { type Outputs, readScore } from '@noema/evaluation';
import { hasClasses, measureClasses, reportClassification } from './class-report.js';
import { EvaluationColumns } from './evaluation-columns.js';
import { measureLoss, measureMean, measureShare } from './measures.js';
import { histogramBins, measureNumbers, pickNumbers, reportNumbers } from './number-report.js';
import type { Pick, PickRange, Report, ReportRequest, ReportRows } from './report.js';

/** Evaluations that stay in memory. */
const MAX_EVALUATIONS = 3;

const OBJECT_TOTALS = [
  ['missed', 'missed'],
  ['wrong_class', 'wrong class'],
  ['badly_placed', 'badly placed'],
  ['false_positives', 'false positives'],
] as const;

/** The evaluations that were loaded, and the numbers of them. */
export class ReportStore {
  private readonly loaded = new Map<string, EvaluationColumns>();

  load(key: string, bytes: Uint8Array, output?: number): void {
    this.loaded.delete(key);
    this.loaded.set(key, EvaluationColumns.read(bytes, output));
    for (const old of [...this.loaded.keys()].slice(0, -MAX_EVALUATIONS)) this.loaded.delete(old);
  }

  /** Throws `precondition` EVALUATION_NOT_LOADED, `invalid` ROWS_DIFFER. */
  report(request: ReportRequest): Report {
    const now = this.find(request.key);
    const before = request.against === undefined ? undefined : this.find(request.against);
    if (before !== undefined && before.rows !== now.rows)
      throw new DomainError(
        'invalid',
        'ROWS_DIFFER',
        `one epoch evaluated ${now.rows} samples, the other ${before.rows}; choose an epoch with the same samples`,
      );
    const rows = listRows(request.rows, now.rows);
    const chosen = { chosen: rows.length, compared: rows.filter((row) => now.hasTruth(row)).length };
    const input: Input = {
      request,
      rows,
      compared: chosen.compared,
      now,
      outputs: now.toOutputs(request.classNames),
      before,
      outputsBefore: before?.toOutputs(request.classNames),
    };
    return { ...chosen, ...PARTS[request.task](input) };
  }

  /** Returns the rows of a mark, the highest losses first. */
  pick({ key, rows: chosen, focus }: ReportRequest, pick: Pick): Uint32Array {
    const columns = this.find(key);
    const outputs = columns.toOutputs([]);
    const { losses } = outputs;
    const values =
      pick.range === undefined ? undefined : rangeValues(columns, outputs, pick.range.column, focus);
    return listRows(chosen, columns.rows)
      .filter((row) => {
        if (pick.row !== undefined && row !== pick.row) return false;
        if (pick.truth !== undefined && outputs.truth?.[row] !== pick.truth) return false;
        if (pick.predicted !== undefined && outputs.predicted?.[row] !== pick.predicted) return false;
        if (pick.correct !== undefined && columns.correct?.[row] !== Number(pick.correct)) return false;
        // No mark counts a sample without ground truth.
        if ((outputs.truth?.[row] ?? 0) < 0) return false;
        return pick.range === undefined || isWithin(values!(row), pick.range);
      })
      .sort((a, b) => compareLosses(losses[b]!, losses[a]!) || a - b);
  }

  private find(key: string): EvaluationColumns {
    const columns = this.loaded.get(key);
    if (columns !== undefined) {
      // The evaluations that were used last stay.
      this.loaded.delete(key);
      this.loaded.set(key, columns);
      return columns;
    }
    throw new DomainError(
      'precondition',
      'EVALUATION_NOT_LOADED',
      'the evaluation is no longer in memory; load the page again',
    );
  }
}

interface Input {
  readonly request: ReportRequest;
  readonly rows: Uint32Array;
  /** Number of rows with ground truth. */
  readonly compared: number;
  readonly now: EvaluationColumns;
  readonly outputs: Outputs;
  readonly before: EvaluationColumns | undefined;
  readonly outputsBefore: Outputs | undefined;
}

type Part = Omit<Report, 'chosen' | 'compared'>;

const take = (values: ArrayLike<number> | undefined, rows: Uint32Array): Float64Array =>
  Float64Array.from(rows, (row) => values?.[row] ?? NaN);

const meanLoss = ({ outputs, outputsBefore, rows, compared }: Input) =>
  measureLoss(take(outputs.losses, rows), outputsBefore && take(outputsBefore.losses, rows), compared);

/** Mean and histogram of columns with a number of each sample; the columns that are lacking are named. */
function sampleNumbers({ now, before, rows }: Input, names: readonly (readonly [string, string])[]) {
  const known = names.filter(([column]) => now.number(column) !== undefined);
  return {
    measures: known.map(([column, title]) =>
      measureMean(title, take(now.number(column), rows), before && take(before.number(column), rows)),
    ),
    histograms: known.map(([column, title]) => ({
      name: title,
      bins: histogramBins(take(now.number(column), rows), 20),
    })),
    missing: names
      .filter(([column]) => now.number(column) === undefined)
      .map(([, title]) => `The evaluation has no ${title}.`),
  };
}

const PARTS: Readonly<Record<ReportRequest['task'], (input: Input) => Part>> = {
  classes: ({ request, rows, now, outputs, outputsBefore }) => {
    if (!hasClasses(now, outputs, rows))
      return { measures: [], missing: ['None of the chosen samples has a label.'] };
    const classes = reportClassification(outputs, outputsBefore, { rows, focus: request.focus });
    const labels = classes.rows.filter(({ support }) => support > 0);
    return {
      classes,
      measures: measureClasses(outputs, outputsBefore, rows, classes),
      missing:
        labels.length === 1
          ? [`All samples have the label ${labels[0]!.name}: there are no curves of one class alone.`]
          : classes.curves === undefined
            ? ['No chosen sample has the class of the curves as its label; choose another class.']
            : [],
    };
  },
  labels: (input) => {
    const hits = (columns: EvaluationColumns): Uint8Array =>
      Uint8Array.from(input.rows, (row) => (columns.hasTruth(row) ? (columns.correct?.[row] ?? 255) : 255));
    return {
      measures: [
        measureShare('all labels correct', hits(input.now), input.before && hits(input.before)),
        meanLoss(input),
      ],
      missing: [
        'The evaluation stores whether all labels of a sample are correct, not its labels: numbers by label ' +
          'and curves need them.',
      ],
    };
  },
  numbers: (input) => {
    const { request, rows, outputs, outputsBefore } = input;
    if (outputs.targets === undefined)
      return {
        measures: [meanLoss(input)],
        missing: ['The evaluation stores the ground truth of a regression up to 16 numbers a sample.'],
      };
    const output = clampOutput(request.focus, outputs.width);
    const now = pickNumbers(outputs, rows, output);
    const before = outputsBefore && pickNumbers(outputsBefore, rows, output);
    return {
      measures: [...measureNumbers(now, before), meanLoss(input)],
      numbers: reportNumbers(now, rows, outputs.width),
      missing: [],
    };
  },
  pixels: (input) => {
    const { measures, ...rest } = sampleNumbers(input, [
      ['iou', 'IoU'],
      ['pixel_accuracy', 'accuracy by position'],
    ]);
    return { ...rest, measures: [...measures, meanLoss(input)] };
  },
  objects: (input) => {
    const { measures, ...rest } = sampleNumbers(input, [['iou', 'IoU of objects']]);
    const counts = sampleNumbers(
      input,
      OBJECT_TOTALS.map(([column, title]) => [column, `${title}, per sample`] as const),
    );
    return {
      ...rest,
      measures: [...measures, ...counts.measures, meanLoss(input)],
      totals: OBJECT_TOTALS.filter(([column]) => input.now.number(column) !== undefined).map(
        ([name, title]) => ({
          name,
          title,
          total: take(input.now.number(name), input.rows).reduce(
            (sum, count) => sum + (Number.isFinite(count) ? count : 0),
            0,
          ),
        }),
      ),
      missing: [...rest.missing, ...counts.missing],
    };
  },
};

/** The output of an address, which may name one that the model lacks. */
const clampOutput = (output: number, width: number): number => Math.min(output, Math.max(0, width - 1));

/** The chosen rows in rising order. */
export function listRows(chosen: ReportRows, total: number): Uint32Array {
  if ('rows' in chosen) return chosen.rows.filter((row) => row < total);
  const count = chosen.ranges.reduce((sum, range) => sum + range.count, 0);
  const rows = new Uint32Array(count);
  let at = 0;
  for (const range of chosen.ranges)
    for (let row = range.first; row < range.first + range.count && row < total; row++) rows[at++] = row;
  return rows.subarray(0, at).sort();
}

/** Compares losses; NaN is below all others. */
const compareLosses = (a: number, b: number): number =>
  Number.isNaN(a) || Number.isNaN(b)
    ? Number(Number.isNaN(b)) - Number(Number.isNaN(a))
    : Math.sign(a - b) || 0;

const isWithin = (value: number, { low, high, ends }: PickRange): boolean =>
  (ends === 'high' ? value > low : value >= low) && (ends === 'low' ? value < high : value <= high);

/** The number of a row that a histogram divides. */
function rangeValues(
  columns: EvaluationColumns,
  outputs: Outputs,
  column: string,
  focus: number,
): (row: number) => number {
  const { scores, width, predicted, targets } = outputs;
  switch (column) {
    case 'confidence':
      return (row) => readScore(outputs, row, predicted![row]!);
    case 'score':
      return (row) => readScore(outputs, row, focus);
    case 'residual': {
      const output = clampOutput(focus, width);
      return (row) => targets![row * width + output]! - scores[row * width + output]!;
    }
    default:
      return (row) => columns.number(column)?.[row] ?? NaN;
  }
}
