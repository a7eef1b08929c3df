import {
  classifyOutcomes,
  countOutcomes,
  decodeDetections,
  type DetectionOutput,
  joinPredictions,
  type PackedBoxes,
  packPredictions,
  type Predictions,
  readPredictions,
  readTruths,
} from '@noema/detection';
import { lossHead, lossParameters } from '@noema/engine';
import type { OutputEvaluation } from '@noema/population/rules';
import type { KerasSpec } from '../run/run.js';

/** Score from which predicted objects are stored, so that average precision covers low scores. */
const STORED_SCORE = 0.01;
/** Predicted objects of a sample, as COCO counts them. */
const MAX_OBJECTS = 100;

/** How predicted boxes become objects, as the loss declares it. */
interface Decoding {
  readonly scoreThreshold: number;
  readonly iouThreshold: number;
}

/** Stands for the loss of a run without one of boxes; all of these have the same thresholds. */
const WITHOUT_LOSS: KerasSpec = { name: 'lrp_error', config: {} };

/** The thresholds of a loss of boxes, with its defaults. */
export function readDecoding(loss: KerasSpec | undefined): Decoding {
  const { name, config } = loss === undefined || loss.name === 'recorded' ? WITHOUT_LOSS : loss;
  const { score_threshold: scoreThreshold, iou_threshold: iouThreshold } = lossParameters(
    lossHead(name),
    Object.fromEntries(Object.entries(config).filter(([key]) => key !== 'name')) as Record<string, number>,
  );
  return { scoreThreshold: scoreThreshold!, iouThreshold: iouThreshold! };
}

/** Collects the objects that a model predicts, sample after sample. */
export class ObjectRows {
  private readonly parts: Predictions[] = [];
  private readonly decoding: Decoding;

  constructor(
    private readonly output: DetectionOutput,
    loss: KerasSpec | undefined,
  ) {
    this.decoding = readDecoding(loss);
  }

  /** Adds the numbers [rows, width] of samples from `firstRow` on. Throws `invalid` HEAD_INVALID. */
  add(firstRow: number, numbers: Float32Array, width: number): void {
    const { iouThreshold } = this.decoding;
    for (let at = 0; at < numbers.length; at += width)
      this.parts.push(
        decodeDetections(this.output, numbers.subarray(at, at + width), {
          picture: firstRow + at / width,
          scoreThreshold: STORED_SCORE,
          iouThreshold,
          maxPerPicture: MAX_OBJECTS,
        }),
      );
  }

  /** The predicted objects of all samples, [rows, width]. */
  pack(rows: number): PackedBoxes {
    return packPredictions(joinPredictions(this.parts), rows);
  }
}

type ObjectVerdicts = Pick<
  OutputEvaluation,
  'iou' | 'missed' | 'wrongClass' | 'badlyPlaced' | 'falsePositives' | 'trueObjects'
> & {
  /** [rows]: LRP error. */
  readonly error: Float32Array;
};

/** Compares predicted objects with the ground truth of all rows; NaN for rows without ground truth. */
export function compareObjects(
  {
    rows,
    predicted,
    truths,
    hasTruth,
  }: {
    readonly rows: number;
    readonly predicted: PackedBoxes;
    readonly truths: PackedBoxes;
    readonly hasTruth: Uint8Array;
  },
  { scoreThreshold }: Decoding,
): ObjectVerdicts {
  const [objects, predictions] = [readTruths(truths), readPredictions(predicted, scoreThreshold)];
  const counts = countOutcomes(objects, predictions, classifyOutcomes(objects, predictions), rows);
  const known = (values: Float32Array): Float32Array =>
    values.map((value, row) => (hasTruth[row] === 1 ? value : NaN));
  return {
    iou: known(counts.iou),
    missed: known(counts.missed),
    wrongClass: known(counts.wrongClass),
    badlyPlaced: known(counts.badlyPlaced),
    falsePositives: known(counts.falsePositives),
    error: known(counts.error),
    trueObjects: truths,
  };
}
