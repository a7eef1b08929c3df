import type { EpochRecord, Population } from '@noema/insights';
import { namesOneClass, type Task } from '@noema/kernel';
import { EvaluationFile, type RowNumbers, type StoredOutput } from '@noema/population/files';
import type { SearchedRows } from './rows.js';
import type { SearchedOutput } from './searched-output.js';

/** Most epochs whose evaluations a search reads; of a longer run epochs at even distances. */
export const MAX_EPOCHS = 60;

/** Epochs that are read: at most 60 at even distances, the last one always. */
export function chooseEpochs<T>(epochs: readonly T[]): readonly T[] {
  if (epochs.length <= MAX_EPOCHS) return epochs;
  const step = (epochs.length - 1) / (MAX_EPOCHS - 1);
  return Array.from({ length: MAX_EPOCHS }, (_, i) => epochs[Math.round(i * step)]!);
}

/**
 * The searched output of an evaluation, one of several with its own loss. A file that names no outputs has the first
 * one. Throws `not-found` OUTPUT_NOT_FOUND.
 */
export function readOutput(bytes: Uint8Array, output: SearchedOutput | undefined): StoredOutput {
  const file = EvaluationFile.read(bytes);
  return isFirstOutput(file, output) ? file.first : file.find(output!.name);
}

/** As `readOutput`; undefined where the evaluation is from before outputs had names, and another one is searched. */
export function findOutput(bytes: Uint8Array, output: SearchedOutput | undefined): StoredOutput | undefined {
  const file = EvaluationFile.read(bytes);
  if (isFirstOutput(file, output)) return file.first;
  return file.first.name === undefined ? undefined : file.find(output!.name);
}

const isFirstOutput = (file: EvaluationFile, output: SearchedOutput | undefined): boolean =>
  output === undefined || (output.isFirst && file.first.name === undefined);

export type Answers = Pick<Population, 'task' | 'labels' | 'predicted' | 'probabilities' | 'losses'>;

/**
 * Whether an output has other classes than the data, or something else, such as the boxes of a detector: no sample was
 * compared, and the numbers of classes differ. `classesOfData` is 0 for data without classes.
 */
export const isForeign = (output: StoredOutput, classesOfData: number): boolean =>
  !output.isCompared && classesOfData > 0 && countClasses(output) !== classesOfData;

/**
 * Reads the answers of the model after its last epoch: losses alone without one class for each sample, and no losses
 * where no sample was compared. `runTask` is the task of a file that names none.
 */
export function readAnswers(
  output: StoredOutput,
  rows: SearchedRows,
  { runTask, classesOfData }: { readonly runTask: Task | undefined; readonly classesOfData: number },
): Answers {
  if (isForeign(output, classesOfData)) return { task: undefined };
  const task = output.task ?? runTask;
  const losses = output.isCompared ? shared(rows.pick(output.losses)) : undefined;
  if (!hasClasses(output)) return { task, ...(losses && { losses }) };
  const probabilities = readProbabilities(output);
  return {
    task,
    ...(losses && { losses }),
    ...(output.trueClass && { labels: shared(rows.pick(output.trueClass)) }),
    ...(output.predictedClass && { predicted: shared(rows.pick(output.predictedClass)) }),
    ...(probabilities && { probabilities: shared(rows.pick(probabilities.data, probabilities.width)) }),
  };
}

/** Reads what history needs of the evaluation of an epoch. */
export function readEpoch(
  epoch: number,
  output: StoredOutput,
  rows: SearchedRows,
  labels: Int32Array | undefined,
): EpochRecord {
  const losses = shared(rows.pick(output.losses));
  if (!hasClasses(output)) return { epoch, losses };
  const probabilities = readProbabilities(output);
  return {
    epoch,
    losses,
    ...(output.predictedClass && { predicted: shared(rows.pick(output.predictedClass)) }),
    ...(probabilities && labels && { margins: computeMargins(probabilities, labels, rows) }),
  };
}

/** Number of classes of an output, 0 without classes. */
export const countClasses = (output: StoredOutput): number =>
  hasClasses(output) ? (readProbabilities(output)?.width ?? 0) : 0;

const hasClasses = ({ task, predictedClass }: StoredOutput): boolean =>
  (task === undefined || namesOneClass(task)) && predictedClass !== undefined;

/** Probabilities of all classes; of a binary output the probability of the class 1 is stored alone. */
function readProbabilities({ probabilities }: StoredOutput): RowNumbers | undefined {
  if (probabilities === undefined || probabilities.width !== 1) return probabilities;
  const data = new Float32Array(probabilities.data.length * 2);
  probabilities.data.forEach((p, row) => {
    data.set([1 - p, p], row * 2);
  });
  return { data, width: 2 };
}

/** Log-probability of the label less the largest of the other classes, NaN without a label. */
function computeMargins(
  { data, width }: RowNumbers,
  labels: Int32Array,
  rows: SearchedRows,
): Float32Array | undefined {
  if (width < 2) return undefined;
  const margins = new Float32Array(new SharedArrayBuffer(4 * rows.count)).fill(NaN);
  for (let at = 0; at < rows.count; at++) {
    const label = labels[at]!;
    const from = rows.toRow(at) * width;
    if (label < 0 || label >= width) continue;
    let other = 0;
    for (let c = 0; c < width; c++) if (c !== label) other = Math.max(other, data[from + c]!);
    margins[at] = Math.log(Math.max(data[from + label]!, 1e-12)) - Math.log(Math.max(other, 1e-12));
  }
  return margins;
}

/** Memory that the thread of the search reads without a copy. */
export function shared<T extends Float32Array | Int32Array>(values: T): T {
  const Kind = values.constructor as new (buffer: SharedArrayBuffer) => T;
  const copy = new Kind(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}
