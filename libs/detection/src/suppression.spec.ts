import { describe, expect, it } from 'vitest';
import { parseColumns, reference } from '../test/reference.js';
import { boxesFromEdges, type Predictions, suppressNonMaxima } from './index.js';

function parseBoxes(text: string): Predictions {
  const [picture, classIndex, x, y, width, height, angle, score] = parseColumns(text, 8);
  return {
    boxes: { x: x!, y: y!, width: width!, height: height!, angle: angle! },
    picture: Int32Array.from(picture!),
    classIndex: Int32Array.from(classIndex!),
    score: score!.map((thousandths) => thousandths / 1000),
  };
}

describe('non-maximum suppression', () => {
  it.each(
    reference.suppressed.flatMap(({ boxes, cases }, set) => cases.map((one) => ({ set, boxes, ...one }))),
  )(
    'keeps the boxes of the reference in set $set above IoU $iouThreshold, per class $perClass',
    ({ boxes, kept, iouThreshold, scoreThreshold, perClass }) => {
      const options = { iouThreshold, scoreThreshold, perClass };
      expect([...suppressNonMaxima(parseBoxes(boxes), options)]).toEqual(kept);
    },
  );

  const twins: Predictions = {
    boxes: boxesFromEdges([0, 0, 4, 4, 0, 0, 4, 4, 2, 0, 6, 4, 50, 50, 60, 60]),
    picture: new Int32Array(4),
    classIndex: new Int32Array(4),
    score: Float64Array.of(0.5, 0.5, 0.5, 0.9),
  };

  it('takes the earlier of equal scores and keeps a box at exactly the threshold', () => {
    expect([...suppressNonMaxima(twins, { iouThreshold: 1 / 3 })]).toEqual([3, 0, 2]);
    expect([...suppressNonMaxima(twins, { iouThreshold: 0.33 })]).toEqual([3, 0]);
  });

  it('stops at the limit of a picture and refuses thresholds outside 0 to 1', () => {
    expect([...suppressNonMaxima(twins, { maxPerPicture: 1 })]).toEqual([3]);
    expect(() => suppressNonMaxima(twins, { iouThreshold: 50 })).toThrow(/iouThreshold is 50; it must be/);
    expect(() => suppressNonMaxima(twins, { scoreThreshold: NaN })).toThrow(/scoreThreshold is NaN/);
    expect(() => suppressNonMaxima(twins, { maxPerPicture: 0 })).toThrow(/maxPerPicture is 0/);
    expect(() => suppressNonMaxima({ ...twins, score: Float64Array.of(1, 1, NaN, 1) })).toThrow(
      /score of box 2 is NaN/,
    );
  });
});
