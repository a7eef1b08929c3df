import { boxesInvalid } from '../detection.errors.js';
import type { Predictions, Truths } from '../objects.js';

/**
 * Numbers of an object of the ground truth in a packed row: x, y, width, height, class. Positions are shares of the
 * picture from its upper left corner; the class −1 stands for no object.
 */
export const TRUTH_FIELDS = 5;

/** Numbers of a predicted object in a packed row: the numbers of a truth, and the score. */
export const PREDICTION_FIELDS = 6;

/** Packed objects of pictures: `[pictures, width]`, row-major. */
export interface PackedBoxes {
  readonly data: Float32Array;
  /** Numbers of a picture, a multiple of the numbers of an object. */
  readonly width: number;
}

/** Returns the ground truth of packed rows. Throws `invalid` BOXES_INVALID for a width that holds no whole objects. */
export function readTruths({ data, width }: PackedBoxes): Truths {
  const { picture, at } = findObjects(data, width, TRUTH_FIELDS);
  return { ...columns(data, at), picture };
}

/**
 * Returns the predictions of packed rows whose score is at least `minScore`. Throws `invalid` BOXES_INVALID for a
 * width that holds no whole objects.
 */
export function readPredictions({ data, width }: PackedBoxes, minScore = -Infinity): Predictions {
  const { picture, at } = findObjects(data, width, PREDICTION_FIELDS, (i) => data[i + 5]! >= minScore);
  return { ...columns(data, at), picture, score: Float64Array.from(at, (i) => data[i + 5]!) };
}

/** Returns predictions as packed rows of one width, which is that of the picture with the most objects. */
export function packPredictions(
  { boxes, picture, classIndex, score }: Predictions,
  pictures: number,
): PackedBoxes {
  const counts = new Int32Array(pictures);
  for (const one of picture) counts[one]!++;
  const width = PREDICTION_FIELDS * counts.reduce((most, count) => Math.max(most, count), 1);
  const data = new Float32Array(pictures * width);
  for (let at = 4; at < data.length; at += PREDICTION_FIELDS) data[at] = -1;
  counts.fill(0);
  for (const [i, one] of picture.entries())
    data.set(
      [boxes.x[i]!, boxes.y[i]!, boxes.width[i]!, boxes.height[i]!, classIndex[i]!, score[i]!],
      one * width + PREDICTION_FIELDS * counts[one]!++,
    );
  return { data, width };
}

/** Where the objects of packed rows start, with the number of their picture. */
function findObjects(
  data: Float32Array,
  width: number,
  fields: number,
  isRead: (at: number) => boolean = () => true,
): { readonly picture: Int32Array; readonly at: Int32Array } {
  if (width % fields !== 0)
    throw boxesInvalid(`a picture has ${width} numbers; give ${fields} numbers for each of its objects`);
  const at: number[] = [];
  for (let i = 0; i < data.length; i += fields) if (data[i + 4]! >= 0 && isRead(i)) at.push(i);
  return { at: Int32Array.from(at), picture: Int32Array.from(at, (i) => Math.floor(i / width)) };
}

const columns = (data: Float32Array, at: Int32Array): Pick<Truths, 'boxes' | 'classIndex'> => {
  const column = (field: number): Float64Array => Float64Array.from(at, (i) => data[i + field]!);
  return {
    boxes: { x: column(0), y: column(1), width: column(2), height: column(3) },
    classIndex: Int32Array.from(at, (i) => data[i + 4]!),
  };
};
