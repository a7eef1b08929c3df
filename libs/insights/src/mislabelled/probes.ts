import { seededRandom } from '@noema/kernel/random';
import { isComparable } from '../population/places.js';
import type { Space } from '../population/population.js';
import { sampleRows } from '../population/sample-rows.js';
import { fitLogistic } from '../statistics/logistic-regression.js';
import type { JudgedLabels } from './judged-labels.js';

/** Rows from which one probe learns at most, so that its time does not grow with the data. */
export const MAX_FIT_ROWS = 8_000;
/** Products that one pass over the rows of a fit costs at most. */
const MAX_FIT_COST = 5e6;
const MIN_FIT_ROWS = 1_000;
/** Rows a class below which a probe knows too little. */
const MIN_CLASS_ROWS = 10;
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

/** Whether a probe of a space would learn from enough samples of each class. */
export const canProbe = ({ width }: Space, { classCount }: Pick<JudgedLabels, 'classCount'>): boolean =>
  limitRows(width * classCount) >= MIN_CLASS_ROWS * classCount;

/**
 * Fits a logistic regression on a space for each fold, on the rows of the other folds. Returns a function that adds
 * the out-of-fold probabilities of a row: no sample is judged by a probe that learned its label. A row without a
 * finite vector adds nothing.
 */
export function fitProbes(
  space: Space,
  { rows, classes, classCount }: JudgedLabels,
  { folds, foldCount, seed, signal }: ProbeOptions,
): (row: number, into: Float64Array) => void {
  const { values, width } = space;
  const data = { values, width, labels: classes, classes: classCount };
  const models = Array.from({ length: foldCount }, (_, fold) => {
    signal?.throwIfAborted();
    const others = rows.filter((row) => folds[row] !== fold);
    const fitRows = sampleRows(others, limitRows(width * classCount), seededRandom(seed + fold));
    return fitRows.length === 0
      ? undefined
      : fitLogistic(data, fitRows, { l2: L2, maxIterations: MAX_ITERATIONS, tolerance: 1e-3 });
  });
  const own = new Float64Array(Math.max(2, classCount));
  return (row, into) => {
    const model = models[folds[row]!];
    if (model === undefined || !isComparable(space, row)) return;
    model.predict(values, row, own);
    for (let c = 0; c < classCount; c++) into[c]! += Math.exp(own[c]!);
  };
}

/** Returns the out-of-fold probabilities of the judged classes for all samples, [n, classes] float32. */
export function probeOutOfFold(space: Space, judged: JudgedLabels, options: ProbeOptions): Float32Array {
  const { classes, classCount } = judged;
  const probe = fitProbes(space, judged, options);
  const into = new Float32Array(classes.length * classCount);
  const own = new Float64Array(classCount);
  for (let row = 0; row < classes.length; row++) {
    own.fill(0);
    probe(row, own);
    into.set(own, row * classCount);
  }
  return into;
}

const limitRows = (cost: number): number =>
  Math.max(MIN_FIT_ROWS, Math.min(MAX_FIT_ROWS, Math.floor(MAX_FIT_COST / cost)));
