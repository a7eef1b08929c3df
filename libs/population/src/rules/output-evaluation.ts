import type { Task } from '@noema/kernel';

/** The class of every position of all rows, such as of the pixels of a mask or the words of a text. */
export interface EvaluatedPositions {
  /**
   * [rows, ...dims] of classes that exclude each other: 1 + the class, 0 for a position without one.
   * [rows, ...dims, channels] of others: 1 where a position has the class.
   */
  readonly data: Uint8Array | Int32Array;
  /** Positions of one row, such as height and width. */
  readonly dims: readonly number[];
  readonly channels: number;
  readonly isExclusive: boolean;
}

/** The evaluation of all rows by one output of a model. */
export interface OutputEvaluation {
  readonly rows: number;
  /** Name of the output; absent in evaluations that were made before outputs were named. */
  readonly name?: string | undefined;
  /** Why the evaluation has losses alone; absent where it has all. */
  readonly note?: string | undefined;
  /** The task of the output; absent in evaluations that were made before tasks were recorded. */
  readonly task?: Task | undefined;
  /** Numbers of the output, per row; 0 where they are not stored. */
  readonly width: number;
  /** [rows]; 1 for samples with ground truth. */
  readonly hasLoss: Uint8Array;
  /** [rows]; NaN without ground truth. Of the first of several outputs the sum of the losses of all outputs. */
  readonly loss: Float32Array;
  /** [rows]: loss of the first output alone, where it is one of several. */
  readonly ownLoss?: Float32Array;
  /** [rows]; −1 when the output does not classify. */
  readonly predictedClass: Int32Array;
  /** [rows]; −1 without ground truth. */
  readonly trueClass: Int32Array;
  /** [rows]; 1 where both classes are the same, of labels all of them. */
  readonly correct: Uint8Array;
  /**
   * [rows, width], row-major: probabilities, the numbers of a regression, or predicted objects as packed rows of
   * `@noema/detection`.
   */
  readonly outputs: Float32Array;
  /** [rows, width] of a regression with few outputs and ground truth. */
  readonly targets?: Float32Array;
  /** [rows]: ground truth minus prediction of a regression with one output, NaN without ground truth. */
  readonly residual?: Float32Array;
  /** [rows]: share of the positions that are predicted correctly, NaN without ground truth. */
  readonly pixelAccuracy?: Float32Array;
  /** The predicted class of every position. */
  readonly predictedPositions?: EvaluatedPositions;
  /** The true class of every position; without a meaning for rows without ground truth. */
  readonly truePositions?: EvaluatedPositions;
  /** [rows]: intersection over union, NaN where there is none. */
  readonly iou?: Float32Array;
  /** Objects of the ground truth [rows, width] of a detection, as packed rows of `@noema/detection`. */
  readonly trueObjects?: { readonly data: Float32Array; readonly width: number };
  /** [rows]: number of objects of a detection without a prediction, NaN without ground truth. */
  readonly missed?: Float32Array;
  /** [rows]: number of objects that a prediction of another class covers, NaN without ground truth. */
  readonly wrongClass?: Float32Array;
  /** [rows]: number of objects whose prediction overlaps them too little, NaN without ground truth. */
  readonly badlyPlaced?: Float32Array;
  /** [rows]: number of predictions that match no object, NaN without ground truth. */
  readonly falsePositives?: Float32Array;
  /** Metrics that the integration of the data computes. */
  readonly metrics?: readonly SampleMetric[];
}

/** A metric of every row [rows], NaN where there is none. */
export interface SampleMetric {
  readonly name: string;
  readonly values: Float32Array;
}
