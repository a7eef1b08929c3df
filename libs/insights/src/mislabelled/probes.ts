import { permutation, seededRandom } from '@noema/kernel/random';
import type { Space } from '../population/population.js';
import { fitLogistic } from '../statistics/logistic-regression.js';
import type { JudgedLabels } from './judged-labels.js';

/** Rows from which one probe learns at most, so that its time does not grow with the data. */
export const MAX_FIT_ROWS = 8_000;
/** Products that one pass over the rows of a fit costs at most. */
const MAX_FIT_COST = 5e6;
const MIN_FIT_ROWS = 1_000;
const MAX_ITERATIONS = 25;
/** Penalty of the weights: wrong labels must not bend a probe. */
const L2 = 10;

export interface ProbeOptions {
  /** Fold of each sample, [n] uint8, below `foldCount`. */
  readonly folds: Uint8Array;
  readonly foldCount: number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns out-of-fold probabilities of the judged classes by logistic regressions on a space, [n, classes] float32: no
 * sample is judged by a probe that learned its label.
 */
export function probeOutOfFold(
  { values, width }: Space,
  { rows, classes, classCount }: JudgedLabels,
  { folds, foldCount, seed, signal }: ProbeOptions,
): Float32Array {
  const n = classes.length;
  const into = new Float32Array(n * classCount);
  const own = new Float64Array(Math.max(2, classCount));
  const data = { values, width, labels: classes, classes: classCount };
  for (let fold = 0; fold < foldCount; fold++) {
    signal?.throwIfAborted();
    const others = rows.filter((row) => folds[row] !== fold);
    const fitRows = sampleRows(others, limitRows(width * classCount), seed + fold);
    const model = fitLogistic(data, fitRows, { l2: L2, maxIterations: MAX_ITERATIONS, tolerance: 1e-3 });
    for (let row = 0; row < n; row++) {
      if (folds[row] !== fold) continue;
      model.predict(values, row, own);
      for (let c = 0; c < classCount; c++) into[row * classCount + c] = Math.exp(own[c]!);
    }
  }
  return into;
}

const limitRows = (cost: number): number =>
  Math.max(MIN_FIT_ROWS, Math.min(MAX_FIT_ROWS, Math.floor(MAX_FIT_COST / cost)));

function sampleRows(rows: Int32Array, limit: number, seed: number): Int32Array {
  if (rows.length <= limit) return rows;
  return Int32Array.from(permutation(rows.length, seededRandom(seed)).subarray(0, limit), (at) => rows[at]!);
}
