import { checkCount, checkShare, optionInvalid } from './detection.errors.js';
import { checkPredictions, groupIndices, type Predictions, sortByScore } from './objects.js';
import { boxOverlap } from './overlap.js';

export interface SuppressionOptions {
  /** A box is dropped if it overlaps a kept box of its picture by more, as IoU from 0 to 1. Default: 0.5. */
  readonly iouThreshold?: number;
  /** Boxes with a lower score are dropped. Default: all boxes are considered. */
  readonly scoreThreshold?: number;
  /** If true, boxes of one class do not suppress boxes of another. Default: true. */
  readonly perClass?: boolean;
  /** Maximum number of boxes kept in one picture. Default: 300. */
  readonly maxPerPicture?: number;
}

/**
 * Returns the indices of the predictions that non-maximum suppression keeps, by picture and within a picture by
 * descending score: a box is kept unless a kept one with a higher score overlaps it by more than the threshold
 * (greedy, as torchvision's `batched_nms`). Of equal scores the earlier box goes first. Boxes may be rotated.
 * Throws `invalid` BOXES_INVALID, OPTION_INVALID.
 */
export function suppressNonMaxima(
  predictions: Predictions,
  {
    iouThreshold = 0.5,
    scoreThreshold = -Infinity,
    perClass = true,
    maxPerPicture = 300,
  }: SuppressionOptions = {},
): Int32Array {
  checkPredictions(predictions);
  checkShare('iouThreshold', iouThreshold);
  if (Number.isNaN(scoreThreshold)) throw optionInvalid('scoreThreshold', scoreThreshold, 'a number');
  checkCount('maxPerPicture', maxPerPicture);
  const { boxes, picture, classIndex, score } = predictions;
  const kept: number[] = [];
  for (const indices of groupIndices(picture.length, (i) => picture[i]!).values()) {
    const own: number[] = [];
    for (const i of sortByScore(indices, score)) {
      if (score[i]! < scoreThreshold || own.length === maxPerPicture) break;
      const isSuppressed = own.some(
        (j) =>
          (!perClass || classIndex[j] === classIndex[i]) && boxOverlap(boxes, j, boxes, i) > iouThreshold,
      );
      if (!isSuppressed) own.push(i);
    }
    for (const i of own) kept.push(i);
  }
  return Int32Array.from(kept);
}
