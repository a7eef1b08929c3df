import type { SplitName, Task } from '@noema/kernel';
import { classNamesFor, type OutputEvaluation } from '@noema/population/rules';
import type { SampleIndex } from '../dataset/dataset.js';
import { rowsByLoss } from './loss.order.js';
import { findRegions, type SampleRegions } from './position-regions.js';
import { sampleObjects, type SampleObjects } from './sample-objects.js';

/** Evaluation of one sample after an epoch. */
export interface SampleEvaluation {
  readonly split: SplitName;
  readonly sampleId: string;
  readonly row: number;
  /** `undefined` for a sample without ground truth. */
  readonly loss: number | undefined;
  /** 1 for the highest loss of the population; 0 without one. */
  readonly lossRank: number;
  readonly predictedClass: number;
  readonly predictedClassName: string;
  readonly trueClass: number;
  readonly trueClassName: string;
  readonly correct: boolean;
  /** By class; empty for a regression and per pixel. */
  readonly probabilities: Float32Array;
  readonly task: Task | undefined;
  /** Numbers of a regression, at most 16. */
  readonly predictions: Float32Array;
  /** Numbers of its ground truth; empty without one. */
  readonly targets: Float32Array;
  readonly residual: number | undefined;
  readonly pixelAccuracy: number | undefined;
  readonly iou: number | undefined;
  /** Only of a detection. */
  readonly objects?: SampleObjects;
  /** Only of a class for each position, and only in the answer for a single sample. */
  readonly regions?: SampleRegions;
  /** Metrics of the integration that are known of the sample. */
  readonly metrics: readonly { readonly name: string; readonly value: number }[];
}

/** Numbers of a regression that are shown of one sample. */
const MAX_NUMBERS = 16;

const NONE = new Float32Array(0);

/** The number of a row; NaN marks a missing one. */
export const numberAt = (values: Float32Array | undefined, row: number): number | undefined =>
  values === undefined || Number.isNaN(values[row]!) ? undefined : values[row]!;

/** All rows of one evaluation in the order of their loss. */
export class RankedEvaluation {
  /** Rows with ground truth by falling loss, equal ones by row; then the rows without. */
  readonly byLoss: Uint32Array;
  private readonly ranks: Uint32Array;

  constructor(
    readonly evaluation: OutputEvaluation,
    readonly task?: Task,
    /** Score from which a predicted object of a detection counts. */
    readonly scoreThreshold = 0,
  ) {
    const { rows, loss, hasLoss } = evaluation;
    this.byLoss = rowsByLoss(loss, hasLoss);
    this.ranks = new Uint32Array(rows);
    this.byLoss.forEach((row, i) => {
      this.ranks[row] = hasLoss[row] === 1 ? i + 1 : 0;
    });
  }

  /** The regions of one row; undefined for other tasks and for evaluations that were stored without them. */
  regionsAt(row: number, classNames: readonly string[]): SampleRegions | undefined {
    const { hasLoss, predictedPositions: predicted, truePositions: truth } = this.evaluation;
    if (predicted === undefined) return undefined;
    const { channels, isExclusive } = predicted;
    // A single mask is the second of two classes, as the number of a binary task is.
    const found = classNamesFor(channels, classNames);
    const names = !isExclusive && found.length === 1 ? ['', ...found] : found;
    const toName = (classIndex: number): string => names[classIndex] ?? '';
    return {
      dims: predicted.dims,
      predicted: findRegions(predicted, row, toName),
      truths: truth === undefined || hasLoss[row] !== 1 ? [] : findRegions(truth, row, toName),
    };
  }

  /** Everything about one row but its regions. */
  at(row: number, index: SampleIndex, classNames: readonly string[]): SampleEvaluation {
    const {
      hasLoss,
      loss,
      predictedClass,
      trueClass,
      correct,
      outputs,
      width,
      targets,
      residual,
      pixelAccuracy,
      iou,
      trueObjects,
      metrics = [],
    } = this.evaluation;
    const { task, scoreThreshold } = this;
    const names = classNamesFor(width, classNames);
    const name = (c: number): string => names[c] ?? '';
    const own = outputs.subarray(row * width, (row + 1) * width);
    const isNumbers = task === 'regression';
    const isDetection = task === 'detection';
    return {
      split: index.splits[row]!,
      sampleId: index.sampleIds[row]!,
      row,
      loss: hasLoss[row] === 1 ? loss[row]! : undefined,
      lossRank: this.ranks[row]!,
      predictedClass: predictedClass[row]!,
      predictedClassName: name(predictedClass[row]!),
      trueClass: trueClass[row]!,
      trueClassName: name(trueClass[row]!),
      correct: correct[row] === 1,
      task,
      probabilities: isNumbers || isDetection || task === 'per-pixel' ? NONE : own,
      predictions: isNumbers ? own.subarray(0, MAX_NUMBERS) : NONE,
      targets:
        targets === undefined || hasLoss[row] !== 1 ? NONE : targets.subarray(row * width, (row + 1) * width),
      residual: numberAt(residual, row),
      pixelAccuracy: numberAt(pixelAccuracy, row),
      iou: numberAt(iou, row),
      metrics: metrics.flatMap(({ name, values }) =>
        Number.isNaN(values[row]!) ? [] : [{ name, value: values[row]! }],
      ),
      ...(isDetection && {
        objects: sampleObjects(row, {
          predicted: { data: outputs, width },
          truths: hasLoss[row] === 1 ? trueObjects : undefined,
          scoreThreshold,
          classNames,
        }),
      }),
    };
  }
}
