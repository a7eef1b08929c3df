import { checkShare, optionInvalid } from '../detection.errors.js';
import type { Size } from '../letterbox.js';
import type { Predictions } from '../objects.js';
import { DecodedBoxes, findBestClass, sigmoid } from './decoded-boxes.js';
import { type DecodeOptions, DEFAULT_SCORE_THRESHOLD, type HeadGrid, readHead } from './head.js';

/** A head of YOLOv3 or YOLOv5: each cell has, for each anchor, x, y, width, height, objectness and classes. */
export interface AnchorHead extends HeadGrid {
  /** Sizes in pixels of the input, in the order of the channels. */
  readonly anchors: readonly Size[];
  /**
   * How numbers t become boxes, with σ the logistic function, s the stride, c the cell and a the anchor.
   * `v3` (Redmon & Farhadi 2018): center (σ(t) + c) s, size a exp(t).
   * `v5` (Jocher 2020, also v7): center (2 σ(t) − 0.5 + c) s, size a (2 σ(t))².
   */
  readonly version: 'v3' | 'v5';
}

const FORMULAS = {
  v3: { offset: sigmoid, scale: Math.exp },
  v5: {
    offset: (t: number): number => 2 * sigmoid(t) - 0.5,
    scale: (t: number): number => (2 * sigmoid(t)) ** 2,
  },
};

/**
 * Returns the boxes of an anchor-based head in pixels of the input, each with its best class; the score is
 * objectness times the probability of the class. Order: by cell, then by anchor. Boxes overlap until
 * non-maximum suppression is applied. Throws `invalid` HEAD_INVALID, OPTION_INVALID, BOXES_INVALID.
 */
export function decodeAnchorHead(
  head: AnchorHead,
  { scoreThreshold = DEFAULT_SCORE_THRESHOLD, picture = 0 }: DecodeOptions = {},
): Predictions {
  const { anchors, columns, rows, stride, classCount, version } = head;
  checkShare('scoreThreshold', scoreThreshold);
  if (anchors.length === 0) throw optionInvalid('anchors', '[]', 'a list of one or more sizes');
  const fields = 5 + classCount;
  const read = readHead(head, anchors.length * fields);
  const { offset, scale } = FORMULAS[version];
  const decoded = new DecodedBoxes(picture, scoreThreshold);
  for (let cell = 0; cell < rows * columns; cell++)
    anchors.forEach(({ width, height }, anchor) => {
      const field = (name: number): number => read(anchor * fields + name, cell);
      const best = findBestClass(classCount, (classIndex) => sigmoid(field(5 + classIndex)));
      const score = sigmoid(field(4)) * best.score;
      if (!decoded.accepts(score)) return;
      decoded.add(
        [
          (offset(field(0)) + (cell % columns)) * stride,
          (offset(field(1)) + Math.floor(cell / columns)) * stride,
          width * scale(field(2)),
          height * scale(field(3)),
        ],
        { ...best, score },
      );
    });
  return decoded.toPredictions();
}
