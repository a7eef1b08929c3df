import { seededRandom } from '@noema/kernel/random';
import { runThreads, threadsFor } from '@noema/threads';
import { isComparable } from '../population/places.js';
import type { Space } from '../population/population.js';
import { sampleRows } from '../population/sample-rows.js';
import { type LogisticFit, prepareFit, toModel } from '../statistics/logistic-regression.js';
import type { JudgedLabels } from './judged-labels.js';
import { probeTasks } from './probe-tasks.js';

/** Rows from which one probe learns at most, so that its time does not grow with the data. */
export const MAX_FIT_ROWS = 8_000;
/** Products that one pass over the rows of a fit costs at most. */
const MAX_FIT_COST = 5e6;
const MIN_FIT_ROWS = 1_000;
/** Rows a class below which a probe knows too little. */
const MIN_CLASS_ROWS = 10;
/** The penalty of the weights keeps wrong labels from bending a probe. */
const FIT = { l2: 10, maxIterations: 25, tolerance: 1e-3 };
/** Products of one pass over the rows that are worth a thread. */
const WORK_PER_THREAD = 2e6;
const SCRIPT = new URL('../insights.worker.js', import.meta.url);

export interface ProbeOptions {
  /** Fold of each sample, [n] uint8, below `foldCount`. */
  readonly folds: Uint8Array;
  readonly foldCount: number;
  readonly seed: number;
  readonly threads: number;
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
export async function fitProbes(
  space: Space,
  { rows, classes, classCount }: JudgedLabels,
  { folds, foldCount, seed, ...run }: ProbeOptions,
): Promise<(row: number, into: Float64Array) => void> {
  const { values, width } = space;
  const data = { values, width, labels: classes, classes: classCount };
  const fits = Array.from({ length: foldCount }, (_, fold) => {
    const others = rows.filter((row) => folds[row] !== fold);
    const fitRows = sampleRows(others, limitRows(width * classCount), seededRandom(seed + fold));
    return fitRows.length === 0 ? undefined : prepareFit(data, fitRows, FIT);
  });
  const parameters = await fitInThreads(
    fits.filter((fit) => fit !== undefined),
    run,
  );
  const models = fits.map((fit) => fit && toModel(fit, parameters.shift()!));
  const own = new Float64Array(Math.max(2, classCount));
  return (row, into) => {
    const model = models[folds[row]!];
    if (model === undefined || !isComparable(space, row)) return;
    model.predict(values, row, own);
    for (let c = 0; c < classCount; c++) into[c]! += Math.exp(own[c]!);
  };
}

/** Returns the parameters of each fit. */
async function fitInThreads(
  fits: readonly LogisticFit[],
  { threads, signal }: Pick<ProbeOptions, 'threads' | 'signal'>,
): Promise<Float64Array[]> {
  signal?.throwIfAborted();
  const work = fits.reduce((sum, { x, classes }) => sum + x.length * classes, 0);
  const useful = Math.min(fits.length, threadsFor(threads, Math.ceil(work / WORK_PER_THREAD)));
  if (useful <= 1) return probeTasks.fitProbes(fits);
  const returned = await runThreads<Float64Array[]>({
    ...{ script: SCRIPT, name: 'fitProbes', signal },
    tasks: Array.from({ length: useful }, (_, thread) => fits.filter((__, at) => at % useful === thread)),
  });
  return fits.map((_, at) => returned[at % useful]![Math.floor(at / useful)]!);
}

/** Returns the out-of-fold probabilities of the judged classes for all samples, [n, classes] float32. */
export async function probeOutOfFold(
  space: Space,
  judged: JudgedLabels,
  options: ProbeOptions,
): Promise<Float32Array> {
  const { classes, classCount } = judged;
  const probe = await fitProbes(space, judged, options);
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
