import {
  classifyOutcomes,
  type PackedBoxes,
  type Predictions,
  readPredictions,
  readTruths,
  type Truths,
} from '@noema/detection';

/** An object on a picture; positions are shares of the picture. */
export interface SampleObject {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly classIndex: number;
  readonly className: string;
  /** Absent for the ground truth. */
  readonly score?: number;
  /** Outcome, as `@noema/detection` names it; empty without ground truth. */
  readonly outcome: string;
}

export interface SampleObjects {
  /** By falling score. */
  readonly predicted: readonly SampleObject[];
  readonly truths: readonly SampleObject[];
}

const selectRow = ({ data, width }: PackedBoxes, row: number): PackedBoxes => ({
  data: data.subarray(row * width, (row + 1) * width),
  width,
});

/** The objects of one sample with their outcomes; predictions below `scoreThreshold` are left out. */
export function sampleObjects(
  row: number,
  {
    predicted,
    truths,
    scoreThreshold,
    classNames,
  }: {
    readonly predicted: PackedBoxes;
    /** Absent for a sample without ground truth. */
    readonly truths: PackedBoxes | undefined;
    readonly scoreThreshold: number;
    readonly classNames: readonly string[];
  },
): SampleObjects {
  const predictions = readPredictions(selectRow(predicted, row), scoreThreshold);
  const objects = truths && readTruths(selectRow(truths, row));
  const outcomes = objects && classifyOutcomes(objects, predictions);
  const list = (
    { boxes, classIndex }: Truths | Predictions,
    outcomeAt: (i: number) => string | undefined,
  ): SampleObject[] =>
    Array.from(classIndex, (c, i) => ({
      x: boxes.x[i]!,
      y: boxes.y[i]!,
      width: boxes.width[i]!,
      height: boxes.height[i]!,
      classIndex: c,
      className: classNames[c] ?? '',
      outcome: outcomeAt(i) ?? '',
    }));
  return {
    predicted: list(predictions, (i) => outcomes?.predictions[i]).map((object, i) => ({
      ...object,
      score: predictions.score[i]!,
    })),
    truths: objects === undefined ? [] : list(objects, (i) => outcomes?.truths[i]),
  };
}
