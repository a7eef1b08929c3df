import type { Task } from '@noema/kernel';
import type { OutputEvaluation } from '@noema/population/rules';
import { numberAt } from './evaluation.js';

/**
 * Scores of all rows in an epoch, without the probabilities of the classes that are neither true nor
 * predicted.
 */
export interface EpochScore {
  /** Numbers of the first output. */
  readonly width: number;
  readonly hasLoss: Uint8Array;
  readonly loss: Float32Array;
  readonly predictedClass: Int32Array;
  readonly correct: Uint8Array;
  /** [rows]; 0 without a class of the ground truth. */
  readonly trueProbability: Float32Array;
  /** [rows]; 0 when the model does not classify. */
  readonly confidence: Float32Array;
  /** [rows] of a regression with one output. */
  readonly prediction?: Float32Array;
  /** [rows]; only per pixel. */
  readonly pixelAccuracy?: Float32Array;
}

/** The evaluation of a sample after one epoch. */
export interface SampleEpoch {
  readonly epoch: number;
  /** `undefined` for a sample without ground truth. */
  readonly loss: number | undefined;
  /** −1 when the model does not classify. */
  readonly predictedClass: number;
  readonly correct: boolean;
  readonly trueProbability: number;
  readonly confidence: number;
  readonly prediction: number | undefined;
  readonly pixelAccuracy: number | undefined;
}

export interface SampleHistory {
  readonly epochs: readonly SampleEpoch[];
  /** First epoch from which on the sample is read right to the end; 0 for never. */
  readonly learnedEpoch: number;
  /** Epochs in which it is read wrong after it was read right in the epoch before. */
  readonly forgottenEpochs: readonly number[];
}

/** Keeps of an evaluation what histories show, in arrays of its own. */
export function scoreEpoch(
  {
    rows,
    width,
    hasLoss,
    loss,
    predictedClass,
    trueClass,
    correct,
    outputs,
    pixelAccuracy,
  }: OutputEvaluation,
  task?: Task,
): EpochScore {
  const [trueProbability, confidence] = [new Float32Array(rows), new Float32Array(rows)];
  for (let row = 0; row < rows; row++) {
    trueProbability[row] = findProbability(outputs, width, row, trueClass[row]!);
    confidence[row] = findProbability(outputs, width, row, predictedClass[row]!);
  }
  return {
    width,
    hasLoss: hasLoss.slice(),
    loss: loss.slice(),
    predictedClass: predictedClass.slice(),
    correct: correct.slice(),
    trueProbability,
    confidence,
    ...(task === 'regression' && width === 1 && { prediction: outputs.slice() }),
    ...(pixelAccuracy && { pixelAccuracy: pixelAccuracy.slice() }),
  };
}

export const countBytes = (judgement: EpochScore): number =>
  Object.values(judgement).reduce(
    (sum: number, part: unknown) => sum + (ArrayBuffer.isView(part) ? part.byteLength : 0),
    0,
  );

export const sampleEpoch = (
  epoch: number,
  row: number,
  {
    hasLoss,
    loss,
    predictedClass,
    correct,
    trueProbability,
    confidence,
    prediction,
    pixelAccuracy,
  }: EpochScore,
): SampleEpoch => ({
  epoch,
  loss: hasLoss[row] === 1 ? loss[row]! : undefined,
  predictedClass: predictedClass[row]!,
  correct: correct[row] === 1,
  trueProbability: trueProbability[row]!,
  confidence: confidence[row]!,
  prediction: numberAt(prediction, row),
  pixelAccuracy: numberAt(pixelAccuracy, row),
});

/**
 * When a sample was learned and when it was forgotten (Toneva et al. 2019, An Empirical Study of Example
 * Forgetting), by its epochs in order.
 */
export function toHistory(epochs: readonly SampleEpoch[]): SampleHistory {
  const lastWrong = epochs.findLastIndex(({ correct }) => !correct);
  return {
    epochs,
    learnedEpoch: epochs[lastWrong + 1]?.epoch ?? 0,
    forgottenEpochs: epochs
      .filter(({ correct }, i) => !correct && epochs[i - 1]?.correct === true)
      .map(({ epoch }) => epoch),
  };
}

/** One output says how likely class 1 of two is. */
function findProbability(probabilities: Float32Array, width: number, row: number, one: number): number {
  if (one < 0) return 0;
  if (width === 1) return one === 1 ? probabilities[row]! : 1 - probabilities[row]!;
  return probabilities[row * width + one] ?? 0;
}
