import { checkCount, checkRows, optionInvalid } from '../evaluation.errors.js';

/** Classes of samples; a row with a class outside 0…classCount − 1 is left out. */
export interface ClassColumns {
  /** Class of the ground truth [n]. */
  readonly truth: Int32Array;
  /** Class with the highest score [n]. */
  readonly predicted: Int32Array;
  /** Weight of each row [n]; 1 when left out. */
  readonly weights?: Float32Array | Float64Array | undefined;
}

/** The total of which a cell is a share. */
export type Normalization = 'none' | 'truth' | 'prediction' | 'all';

/** Counts [classCount, classCount], row-major: row = ground truth, column = prediction. */
export interface ConfusionMatrix {
  readonly classCount: number;
  readonly cells: Float64Array;
  /** Number of rows that were counted, without weights. */
  readonly n: number;
}

/**
 * Counts samples by class of the ground truth and predicted class, in one pass. Throws `invalid` OPTION_INVALID,
 * COLUMN_LENGTHS_DIFFER.
 */
export function computeConfusion(
  { truth, predicted, weights }: ClassColumns,
  classCount: number,
): ConfusionMatrix {
  checkCount('classCount', classCount, 1);
  checkRows(truth.length, { predicted, weights });
  const cells = new Float64Array(classCount * classCount);
  let n = 0;
  for (let row = 0; row < truth.length; row++) {
    const t = truth[row]!;
    const p = predicted[row]!;
    if (t < 0 || p < 0 || t >= classCount || p >= classCount) continue;
    cells[t * classCount + p]! += weights === undefined ? 1 : weights[row]!;
    n++;
  }
  return { classCount, cells, n };
}

/** Returns the cells as shares of their row, column or all; NaN in a row or column without samples. */
export function normalizeConfusion(
  { classCount, cells }: ConfusionMatrix,
  normalization: Normalization,
): Float64Array {
  if (normalization === 'none') return cells.slice();
  const truths = new Float64Array(classCount);
  const predictions = new Float64Array(classCount);
  let all = 0;
  cells.forEach((count, cell) => {
    truths[Math.floor(cell / classCount)]! += count;
    predictions[cell % classCount]! += count;
    all += count;
  });
  const totals: Readonly<Record<string, (cell: number) => number>> = {
    truth: (cell) => truths[Math.floor(cell / classCount)]!,
    prediction: (cell) => predictions[cell % classCount]!,
    all: () => all,
  };
  const total = totals[normalization];
  if (total === undefined)
    throw optionInvalid('normalization', normalization, 'none, truth, prediction or all');
  return cells.map((count, cell) => count / total(cell));
}
