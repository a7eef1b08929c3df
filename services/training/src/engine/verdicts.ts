import { type Judged, type PositionClasses, PositionCounts } from '@noema/engine';
import { namesOneClass, type Task } from '@noema/kernel';
import type { OutputEvaluation } from '@noema/population/rules';
import { type Positions, selectPositions } from './position-rows.js';

/** Outputs of a regression whose ground truth is stored next to the predictions. */
const MAX_TARGETS = 16;

/** The numbers of an output for all rows, and its ground truth where there is some. */
export interface Outputs {
  readonly rows: number;
  readonly width: number;
  /** Numbers that belong to one position: the size of the last axis, 1 for a mask without one. */
  readonly channels: number;
  /** True for probabilities of classes that exclude each other. */
  readonly isExclusive: boolean;
  readonly task: Task;
  /** [rows, width]; empty where only the classes of the positions are held. */
  readonly outputs: Float32Array;
  /** Only of an output with a class for each position. */
  readonly positions?: Positions | undefined;
  readonly truth: { readonly data: Float32Array; readonly width: number } | undefined;
  /** [rows]. */
  readonly hasLoss: Uint8Array;
}

type Verdicts = Pick<
  OutputEvaluation,
  | 'predictedClass'
  | 'trueClass'
  | 'correct'
  | 'targets'
  | 'residual'
  | 'pixelAccuracy'
  | 'iou'
  | 'predictedPositions'
  | 'truePositions'
>;

/** Compares every row with its ground truth in the way of its task. */
export function computeVerdicts(of: Outputs): Verdicts {
  const { rows, task } = of;
  const none = {
    predictedClass: new Int32Array(rows).fill(-1),
    trueClass: new Int32Array(rows).fill(-1),
    correct: new Uint8Array(rows),
  };
  if (namesOneClass(task)) return findClasses(of, none);
  if (of.positions !== undefined) return { ...none, ...verdictsOfPositions(of, of.positions) };
  if (of.truth === undefined || task === 'detection') return none;
  if (task === 'multi-label') return { ...none, correct: exactMatches(of) };
  return { ...none, ...computeErrors(of) };
}

/** Rows as metrics take them. */
export function judgeOutputs(
  { outputs, width, channels, isExclusive, truth, positions }: Outputs,
  firstRow: number,
  count: number,
): Judged {
  const { width: targetWidth, data } = truth!;
  const selected = (of: PositionClasses): PositionClasses => selectPositions(of, firstRow, count);
  return {
    rows: count,
    width,
    channels,
    isExclusive,
    targetWidth,
    predictions: outputs.subarray(firstRow * width, (firstRow + count) * width),
    targets: data.subarray(firstRow * targetWidth, (firstRow + count) * targetWidth),
    ...(positions?.truth && {
      positions: { predicted: selected(positions.predicted), truth: selected(positions.truth) },
    }),
  };
}

function findClasses(
  { rows, width, outputs, truth, hasLoss }: Outputs,
  {
    predictedClass,
    trueClass,
    correct,
  }: { predictedClass: Int32Array; trueClass: Int32Array; correct: Uint8Array },
): Verdicts {
  for (let row = 0; row < rows; row++) {
    predictedClass[row] = classAt(outputs, row, width);
    if (truth === undefined || hasLoss[row] !== 1) continue;
    trueClass[row] =
      truth.width === 1 && width > 1 ? truth.data[row]! : classAt(truth.data, row, truth.width);
    correct[row] = trueClass[row] === predictedClass[row] ? 1 : 0;
  }
  return { predictedClass, trueClass, correct };
}

/**
 * The class of the largest number, the first of equal ones; of one number, which side of one half it is on.
 */
function classAt(values: Float32Array, row: number, size: number): number {
  if (size === 1) return values[row]! > 0.5 ? 1 : 0;
  let best = 0;
  for (let c = 1; c < size; c++) if (values[row * size + c]! > values[row * size + best]!) best = c;
  return best;
}

function exactMatches({ rows, width, outputs, truth, hasLoss }: Outputs): Uint8Array {
  const correct = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    if (hasLoss[row] !== 1) continue;
    let same = 1;
    for (let i = row * width; i < (row + 1) * width; i++)
      if (outputs[i]! > 0.5 !== truth!.data[i]! > 0.5) same = 0;
    correct[row] = same;
  }
  return correct;
}

function verdictsOfPositions({ rows, hasLoss }: Outputs, { predicted, truth }: Positions): Partial<Verdicts> {
  if (truth === undefined) return { predictedPositions: predicted };
  const [pixelAccuracy, iou] = [new Float32Array(rows).fill(NaN), new Float32Array(rows).fill(NaN)];
  for (let row = 0; row < rows; row++) {
    if (hasLoss[row] !== 1) continue;
    const counts = new PositionCounts(predicted.channels);
    counts.add(predicted, truth, row);
    pixelAccuracy[row] = counts.accuracy;
    iou[row] = counts.meanIou;
  }
  return { pixelAccuracy, iou, predictedPositions: predicted, truePositions: truth };
}

function computeErrors({
  width,
  outputs,
  truth,
  hasLoss,
}: Outputs): Pick<OutputEvaluation, 'targets' | 'residual'> {
  if (width > MAX_TARGETS) return {};
  const targets = Float32Array.from(truth!.data, (value, i) =>
    hasLoss[Math.floor(i / width)] === 1 ? value : NaN,
  );
  return width > 1 ? { targets } : { targets, residual: targets.map((value, row) => value - outputs[row]!) };
}
