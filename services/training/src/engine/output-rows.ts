import type { PackedBoxes } from '@noema/detection';
import { lossHead, type ResidentTensor, toResident, type TrainingData } from '@noema/engine';
import { DomainError } from '@noema/kernel';
import type { ModelOutput } from '@noema/layers';
import { elementCount } from '@noema/onnx';
import type { OutputEvaluation } from '@noema/population/rules';
import type { RunObjective } from '../run/run.js';
import { evaluationNotFinite } from '../run/run.errors.js';
import { compareObjects, ObjectRows, readDecoding } from './object-rows.js';
import { positionDims, PositionRows } from './position-rows.js';
import { type Outputs, computeVerdicts } from './verdicts.js';

/** Rows that follow each other. */
export interface RowSpan {
  readonly firstRow: number;
  readonly rowCount: number;
}

/** The rows of a tensor that a span covers, in the same memory. */
export const selectRows = (
  { data, rowDims }: ResidentTensor,
  { firstRow, rowCount }: RowSpan,
): ResidentTensor => ({
  data: data.subarray(firstRow * elementCount(rowDims), (firstRow + rowCount) * elementCount(rowDims)),
  rowDims,
});

/** The ground truth of an output. */
interface Comparison {
  readonly rows: number;
  /** Ground truth of all rows, by program input. */
  readonly data: TrainingData;
  /** Objects of the ground truth of all rows, for a detection. */
  readonly trueObjects: PackedBoxes | undefined;
  /** True where a graph compares the output with ground truth. */
  readonly hasGraphLoss: boolean;
  /** True for the first output of the model. */
  readonly isFirst: boolean;
  /**
   * Numbers of all rows that are held at most. Of a larger output only the classes of its positions are held; of one
   * without positions the numbers if it is the first, else the losses alone.
   */
  readonly maxNumbers: number;
}

/** An output that is compared with its ground truth. */
export interface FinishedOutput {
  /** Absent where the numbers are not held. */
  readonly of: Outputs | undefined;
  readonly evaluation: OutputEvaluation;
}

/**
 * The numbers of one output of a model for all rows, collected part by part. The numbers of a detection become objects
 * part by part, and the numbers of positions classes: a network gives millions for one picture.
 */
export class OutputRows {
  readonly rowDims: readonly number[];
  /** [rows]: the loss of this output alone; NaN where a graph writes none. */
  readonly loss: Float32Array;
  private readonly width: number;
  private readonly channels: number;
  private readonly isExclusive: boolean;
  private readonly objects: ObjectRows | undefined;
  private readonly positions: PositionRows | undefined;
  /** True where the numbers of all rows are held, false where they are only read part by part. */
  private readonly isHeld: boolean;
  private readonly numbers: Float32Array;
  private part: Float32Array | undefined;

  constructor(
    readonly output: ModelOutput,
    readonly objective: RunObjective,
    private readonly comparison: Comparison,
  ) {
    this.rowDims = output.dims.slice(1).map(Number);
    this.width = elementCount(this.rowDims);
    const { rowDims, width } = this;
    const { rows, isFirst, maxNumbers } = comparison;
    const isMap = objective.task === 'per-pixel';
    this.isExclusive =
      objective.loss === undefined
        ? output.nonLinearity === 'softmax'
        : lossHead(objective.loss.name).of === 'classes' || output.nonLinearity === 'softmax';
    this.channels = this.isExclusive || rowDims.length > 2 ? rowDims.at(-1)! : isMap ? 1 : width;
    this.objects = objective.detection && new ObjectRows(objective.detection, objective.loss);
    if (isMap) {
      const { channels, isExclusive } = this;
      const dims = positionDims(rowDims, channels);
      this.positions = new PositionRows(rows, width, { dims, channels, isExclusive });
    }
    const fits = rows * width <= maxNumbers;
    this.isHeld = this.objects === undefined && (fits || (isFirst && !isMap));
    this.numbers = toResident(this.isHeld ? rows : 0, [width]).data;
    this.loss = toResident(rows, []).data;
  }

  /** True where the model's numbers are read; false for an output of which the losses alone are held. */
  get isRead(): boolean {
    return this.isHeld || this.objects !== undefined || this.positions !== undefined;
  }

  /** True where the output is compared with ground truth, by a graph or otherwise. */
  get isCompared(): boolean {
    const { hasGraphLoss, trueObjects } = this.comparison;
    return hasGraphLoss || trueObjects !== undefined || this.objective.scored !== undefined;
  }

  /** Memory for the numbers of some rows. */
  openPart(span: RowSpan): ResidentTensor {
    if (!this.isHeld) this.part = toResident(span.rowCount, [this.width]).data;
    return this.readPart(span);
  }

  /** The numbers of the rows that ran last. */
  readPart(span: RowSpan): ResidentTensor {
    const { rowDims, part } = this;
    return part === undefined ? selectRows({ data: this.numbers, rowDims }, span) : { data: part, rowDims };
  }

  /**
   * Ends the rows that ran last. Throws `invalid` OUTPUT_NOT_PROBABILITIES, and `precondition` LOSS_NOT_FINITE for
   * positions whose numbers are not held.
   */
  closePart(span: RowSpan): void {
    if (!this.isRead) return;
    const { data } = this.readPart(span);
    const { firstRow } = span;
    const { width, channels, output, isHeld } = this;
    if (this.isExclusive && this.comparison.hasGraphLoss && output.nonLinearity === undefined)
      checkShares(output.name, data, channels);
    if (this.positions !== undefined && !isHeld) {
      const bad = data.findIndex((value) => !Number.isFinite(value));
      if (bad !== -1) {
        const row = firstRow + Math.floor(bad / width);
        throw evaluationNotFinite(row, `prediction of output "${output.name}" is ${data[bad]!}`);
      }
    }
    this.objects?.add(firstRow, data, width);
    this.positions?.add(firstRow, data);
    this.part = undefined;
  }

  /** Compares all rows; `hasLoss` [rows] is 1 for rows with ground truth. */
  finish(hasLoss: Uint8Array): FinishedOutput {
    const { objective, output, width, loss, isExclusive, channels, isHeld } = this;
    const { rows, data, trueObjects, hasGraphLoss } = this.comparison;
    const own = this.isCompared ? hasLoss : new Uint8Array(rows);
    if (!this.isRead) {
      clearUnknown(loss, own);
      return { of: undefined, evaluation: lossesAlone({ output, objective, width, loss, hasLoss: own }) };
    }
    const predicted = this.objects?.pack(rows);
    const compared =
      predicted &&
      trueObjects &&
      compareObjects({ rows, predicted, truths: trueObjects, hasTruth: own }, readDecoding(objective.loss));
    if (compared && !hasGraphLoss) loss.set(compared.error);
    clearUnknown(loss, own);
    const target = data.get(`target:${objective.output}`);
    const truth =
      trueObjects ??
      ((!hasGraphLoss && objective.scored?.isComparable !== true) || target === undefined
        ? undefined
        : { data: target.data, width: elementCount(target.rowDims) });
    const of: Outputs = {
      rows,
      width: predicted?.width ?? width,
      outputs: predicted?.data ?? this.numbers,
      positions: this.positions?.finish(truth),
      hasLoss: own,
      isExclusive,
      task: objective.task,
      channels,
      truth,
    };
    const { error: _, ...objectVerdicts } = compared ?? {};
    return {
      of,
      evaluation: {
        name: output.name,
        rows,
        width: isHeld || predicted !== undefined ? of.width : 0,
        task: objective.task,
        hasLoss: own,
        loss,
        outputs: of.outputs,
        ...computeVerdicts(of),
        ...objectVerdicts,
      },
    };
  }
}

/** The evaluation of an output whose numbers are not held. */
function lossesAlone({
  output: { name },
  objective: { task },
  width,
  loss,
  hasLoss,
}: {
  readonly output: ModelOutput;
  readonly objective: RunObjective;
  readonly width: number;
  readonly loss: Float32Array;
  readonly hasLoss: Uint8Array;
}): OutputEvaluation {
  const rows = loss.length;
  return {
    name,
    rows,
    width: 0,
    task,
    hasLoss,
    loss,
    outputs: new Float32Array(),
    predictedClass: new Int32Array(rows).fill(-1),
    trueClass: new Int32Array(rows).fill(-1),
    correct: new Uint8Array(rows),
    note:
      `the output "${name}" has ${width} numbers for each of ${rows} samples, more than 256 MiB in all; its losses ` +
      'alone are stored; make it the first output of the model to store all',
  };
}

/** Sets the loss of rows without ground truth to NaN. A loss of −0, which the logarithm of 1 gives, becomes 0. */
export function clearUnknown(loss: Float32Array, hasLoss: Uint8Array): void {
  loss.forEach((value, row) => {
    loss[row] = hasLoss[row] === 1 ? value + 0 : NaN;
  });
}

/**
 * Refuses class scores of an imported graph that are no probabilities: a crossentropy of them would be a number
 * without a meaning.
 */
function checkShares(name: string, outputs: Float32Array, channels: number): void {
  for (let at = 0; at < outputs.length; at += channels) {
    let sum = 0;
    let least = Infinity;
    for (let c = 0; c < channels; c++) {
      sum += outputs[at + c]!;
      least = Math.min(least, outputs[at + c]!);
    }
    if (Math.abs(sum - 1) <= 1e-2 && least >= -1e-4) continue;
    throw new DomainError(
      'invalid',
      'OUTPUT_NOT_PROBABILITIES',
      `the output "${name}" gives numbers that sum to ${sum} and are ${least} at the least, not ` +
        'probabilities of classes; import the file with the output activation softmax',
    );
  }
}
