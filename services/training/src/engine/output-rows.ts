import type { PackedBoxes } from '@noema/detection';
import { lossHead, type ResidentTensor, residentOf, type TrainingData } from '@noema/engine';
import { DomainError } from '@noema/kernel';
import type { ModelOutput } from '@noema/layers';
import { elementCount } from '@noema/onnx';
import type { OutputEvaluation } from '@noema/population/rules';
import type { RunObjective } from '../run/run.js';
import { compareObjects, ObjectRows, readDecoding } from './object-rows.js';
import { type Outputs, verdictsOf } from './verdicts.js';

/** Rows that follow each other. */
export interface RowSpan {
  readonly firstRow: number;
  readonly rowCount: number;
}

/** The rows of a tensor that a span covers, in the same memory. */
export const rowsOf = (
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
  /** False for an output with too many numbers, of which the losses alone are held. */
  readonly isNumbered: boolean;
}

/** An output that is compared with its ground truth. */
export interface FinishedOutput {
  /** Absent where the numbers are not held. */
  readonly of: Outputs | undefined;
  readonly evaluation: OutputEvaluation;
}

/**
 * The numbers of one output of a model for all rows, collected part by part. The numbers of a detection become objects
 * part by part: a network gives millions for one picture.
 */
export class OutputRows {
  readonly rowDims: readonly number[];
  /** [rows]: the loss of this output alone; NaN where a graph writes none. */
  readonly loss: Float32Array;
  private readonly width: number;
  private readonly objects: ObjectRows | undefined;
  private readonly numbers: Float32Array;
  private part: Float32Array | undefined;

  constructor(
    readonly output: ModelOutput,
    readonly objective: RunObjective,
    private readonly comparison: Comparison,
  ) {
    this.rowDims = output.dims.slice(1).map(Number);
    this.width = elementCount(this.rowDims);
    this.objects = objective.detection && new ObjectRows(objective.detection, objective.loss);
    const isHeld = comparison.isNumbered && this.objects === undefined;
    this.numbers = residentOf(isHeld ? comparison.rows : 0, [this.width]).data;
    this.loss = residentOf(comparison.rows, []).data;
  }

  get isNumbered(): boolean {
    return this.comparison.isNumbered;
  }

  /** True where the output is compared with ground truth, by a graph or otherwise. */
  get isCompared(): boolean {
    const { hasGraphLoss, trueObjects } = this.comparison;
    return hasGraphLoss || trueObjects !== undefined || this.objective.scored !== undefined;
  }

  /** Memory for the numbers of some rows. */
  openPart(span: RowSpan): ResidentTensor {
    this.part = this.objects && residentOf(span.rowCount, [this.width]).data;
    return this.part === undefined ? this.readPart(span) : { data: this.part, rowDims: this.rowDims };
  }

  /** The numbers of the rows that ran last. */
  readPart(span: RowSpan): ResidentTensor {
    const { rowDims, part } = this;
    return part === undefined ? rowsOf({ data: this.numbers, rowDims }, span) : { data: part, rowDims };
  }

  /** Ends the rows that ran last. */
  closePart({ firstRow }: RowSpan): void {
    if (this.part !== undefined) this.objects?.add(firstRow, this.part, this.width);
    this.part = undefined;
  }

  /**
   * Compares all rows; `hasLoss` [rows] is 1 for rows with ground truth. Throws `invalid` OUTPUT_NOT_PROBABILITIES.
   */
  finish(hasLoss: Uint8Array): FinishedOutput {
    const { objective, output, rowDims, width, loss } = this;
    const { rows, data, trueObjects, hasGraphLoss, isNumbered } = this.comparison;
    const own = this.isCompared ? hasLoss : new Uint8Array(rows);
    if (!isNumbered) {
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
    const truth = data.get(`target:${objective.output}`);
    const isExclusive =
      objective.loss === undefined
        ? output.nonLinearity === 'softmax'
        : lossHead(objective.loss.name).of === 'classes' || output.nonLinearity === 'softmax';
    const of: Outputs = {
      rows,
      width: predicted?.width ?? width,
      outputs: predicted?.data ?? this.numbers,
      hasLoss: own,
      isExclusive,
      task: objective.task,
      channels:
        isExclusive || rowDims.length > 2 ? rowDims.at(-1)! : objective.task === 'per-pixel' ? 1 : width,
      truth:
        trueObjects ??
        ((!hasGraphLoss && objective.scored?.isComparable !== true) || truth === undefined
          ? undefined
          : { data: truth.data, width: elementCount(truth.rowDims) }),
    };
    if (isExclusive && hasGraphLoss && output.nonLinearity === undefined) checkShares(output.name, of);
    const { error: _, ...objectVerdicts } = compared ?? {};
    return {
      of,
      evaluation: {
        name: output.name,
        rows,
        width: of.width,
        task: objective.task,
        hasLoss: own,
        loss,
        outputs: of.outputs,
        ...verdictsOf(of),
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
function checkShares(name: string, { outputs, channels }: Outputs): void {
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
