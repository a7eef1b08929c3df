import { type Boxes, checkBoxes, checkLength, type FloatColumn, selectBoxes } from './boxes.js';
import { boxesInvalid } from './detection.errors.js';

/** Columns [n] of objects on pictures. */
interface Objects {
  readonly boxes: Boxes;
  /** Number of the picture, from 0. */
  readonly picture: Int32Array;
  /** Class of the object, from 0. */
  readonly classIndex: Int32Array;
}

/** Objects that a model predicted. */
export interface Predictions extends Objects {
  /** Confidence; higher is more certain. */
  readonly score: FloatColumn;
}

/** Objects of the ground truth. */
export interface Truths extends Objects {
  /**
   * 1 for a region of many objects (`iscrowd` of COCO). It takes any number of predictions of its class, which
   * then count neither as correct nor as wrong.
   */
  readonly crowd?: Uint8Array;
  /** 1 for an object that a model need not find (`difficult` of Pascal VOC); a prediction of it is not counted. */
  readonly ignored?: Uint8Array;
  /** Area of the object, where it is not the area of its box, in squared units of the box. */
  readonly area?: FloatColumn;
}

/** Throws `invalid` BOXES_INVALID unless the columns of predictions fit each other. */
export function checkPredictions(predictions: Predictions): void {
  checkObjects(predictions, 'predictions');
  checkLength('predictions: score', predictions.score, predictions.picture.length);
  const at = predictions.score.findIndex((score) => !Number.isFinite(score));
  if (at >= 0)
    throw boxesInvalid(
      `predictions: score of box ${at} is ${predictions.score[at]}; it must be a finite number`,
    );
}

/** Throws `invalid` BOXES_INVALID unless the columns of the ground truth fit each other. */
export function checkTruths(truths: Truths): void {
  checkObjects(truths, 'truths');
  for (const name of ['crowd', 'ignored', 'area'] as const)
    if (truths[name]) checkLength(`truths: ${name}`, truths[name], truths.picture.length);
  const at = truths.area?.findIndex((area) => !(area >= 0)) ?? -1;
  if (at >= 0)
    throw boxesInvalid(`truths: area of box ${at} is ${truths.area![at]}; it must be a number of 0 or more`);
}

function checkObjects({ boxes, picture, classIndex }: Objects, what: string): void {
  checkBoxes(boxes, what);
  for (const [name, column] of Object.entries({ picture, classIndex })) {
    checkLength(`${what}: ${name}`, column, boxes.x.length);
    const at = column.findIndex((value) => value < 0);
    if (at >= 0) throw boxesInvalid(`${what}: ${name} of box ${at} is ${column[at]}; it must be 0 or more`);
  }
}

/** Returns the predictions at given indices, in their order. */
export const selectPredictions = (
  { boxes, picture, classIndex, score }: Predictions,
  indices: ArrayLike<number>,
): Predictions => ({
  boxes: selectBoxes(boxes, indices),
  picture: Int32Array.from(indices, (i) => picture[i]!),
  classIndex: Int32Array.from(indices, (i) => classIndex[i]!),
  score: Float64Array.from(indices, (i) => score[i]!),
});

/**
 * Returns one list of predictions from several, in their order: of the heads of a network, or of pictures.
 * Boxes without an angle get the angle 0 where others have one.
 */
export function joinPredictions(parts: readonly Predictions[]): Predictions {
  const join = (column: (part: Predictions) => ArrayLike<number>): Float64Array =>
    Float64Array.from(parts.flatMap((part) => Array.from(column(part))));
  const angle = parts.some(({ boxes }) => boxes.angle)
    ? { angle: join(({ boxes }) => boxes.angle ?? new Float64Array(boxes.x.length)) }
    : {};
  return {
    boxes: {
      x: join(({ boxes }) => boxes.x),
      y: join(({ boxes }) => boxes.y),
      width: join(({ boxes }) => boxes.width),
      height: join(({ boxes }) => boxes.height),
      ...angle,
    },
    picture: Int32Array.from(join(({ picture }) => picture)),
    classIndex: Int32Array.from(join(({ classIndex }) => classIndex)),
    score: join(({ score }) => score),
  };
}

/** Returns indices grouped by a key; groups by ascending key, indices of a group in ascending order. */
export function groupIndices(n: number, key: (i: number) => number): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (let i = 0; i < n; i++) {
    const group = groups.get(key(i));
    if (group) group.push(i);
    else groups.set(key(i), [i]);
  }
  return new Map([...groups].sort(([a], [b]) => a - b));
}

/** Sorts indices by descending score; indices of the same score keep their order. */
export const sortByScore = (indices: readonly number[], score: FloatColumn): number[] =>
  [...indices].sort((a, b) => score[b]! - score[a]!);
