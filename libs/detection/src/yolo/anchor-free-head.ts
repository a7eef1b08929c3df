import { checkCount, checkShare } from '../detection.errors.js';
import type { Predictions } from '../objects.js';
import { DecodedBoxes, findBestClass, sigmoid } from './decoded-boxes.js';
import { type DecodeOptions, DEFAULT_SCORE_THRESHOLD, type HeadGrid, readHead } from './head.js';

/**
 * A head of YOLOv8: each cell has the distances from its center to the left, upper, right and lower edge, each
 * as logits of `bins` distances 0, 1, … in strides, and then the logits of the classes.
 */
export interface AnchorFreeHead extends HeadGrid {
  /** Number of distances (`reg_max`). Default: 16. */
  readonly bins?: number;
}

/**
 * Returns the boxes of an anchor-free head in pixels of the input, each with its best class; the score is the
 * probability of the class. A distance is the mean of the bins weighted by their softmax (distribution focal
 * loss, Li et al. 2020, "Generalized Focal Loss"; Jocher et al. 2023, Ultralytics YOLOv8). Order: by cell. Boxes
 * overlap until non-maximum suppression is applied. Throws `invalid` HEAD_INVALID, OPTION_INVALID, BOXES_INVALID.
 */
export function decodeAnchorFreeHead(
  head: AnchorFreeHead,
  { scoreThreshold = DEFAULT_SCORE_THRESHOLD, picture = 0 }: DecodeOptions = {},
): Predictions {
  const { columns, rows, stride, classCount, bins = 16 } = head;
  checkShare('scoreThreshold', scoreThreshold);
  checkCount('bins', bins);
  const read = readHead(head, 4 * bins + classCount);
  const decoded = new DecodedBoxes(picture, scoreThreshold);
  for (let cell = 0; cell < rows * columns; cell++) {
    const best = findBestClass(classCount, (classIndex) => sigmoid(read(4 * bins + classIndex, cell)));
    if (!decoded.accepts(best.score)) continue;
    const distance = (side: number): number => meanBin(bins, (bin) => read(side * bins + bin, cell));
    const left = distance(0);
    const top = distance(1);
    const right = distance(2);
    const bottom = distance(3);
    const x = (cell % columns) + 0.5;
    const y = Math.floor(cell / columns) + 0.5;
    decoded.add(
      [
        (x + (right - left) / 2) * stride,
        (y + (bottom - top) / 2) * stride,
        (left + right) * stride,
        (top + bottom) * stride,
      ],
      best,
    );
  }
  return decoded.toPredictions();
}

/** Returns the mean of 0, 1, …, bins − 1 weighted by the softmax of their logits. */
function meanBin(bins: number, logit: (bin: number) => number): number {
  let highest = -Infinity;
  for (let bin = 0; bin < bins; bin++) highest = Math.max(highest, logit(bin));
  let [total, weighted] = [0, 0];
  for (let bin = 0; bin < bins; bin++) {
    const weight = Math.exp(logit(bin) - highest);
    total += weight;
    weighted += bin * weight;
  }
  return weighted / total;
}
