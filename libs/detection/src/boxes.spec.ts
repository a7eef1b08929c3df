import { describe, expect, it } from 'vitest';
import {
  boxesFromCenters,
  boxesFromEdges,
  checkBoxes,
  joinPredictions,
  selectBoxes,
  selectPredictions,
} from './index.js';

describe('boxes', () => {
  it('are converted from edges and from centers', () => {
    const expected = {
      x: Float64Array.of(10, 0),
      y: Float64Array.of(20, -4),
      width: Float64Array.of(30, 2),
      height: Float64Array.of(50, 8),
    };
    expect(boxesFromEdges([10, 20, 40, 70, 0, -4, 2, 4])).toEqual(expected);
    expect(boxesFromCenters([25, 45, 30, 50, 1, 0, 2, 8])).toEqual(expected);
    expect(selectBoxes(expected, [1])).toEqual(boxesFromEdges([0, -4, 2, 4]));
  });

  it('are refused with the column, the position and the value', () => {
    expect(() => boxesFromEdges([10, 0, 4, 5])).toThrow(
      /width of box 0 is -6; it must be a finite number of 0/,
    );
    expect(() => boxesFromEdges([1, 2, 3])).toThrow(/3 numbers are no boxes/);
    const boxes = boxesFromEdges([0, 0, 1, 1, 0, 0, 1, 1]);
    expect(() => checkBoxes({ ...boxes, y: Float64Array.of(0, NaN) }, 'truths')).toThrow(
      /truths: y of box 1 is NaN/,
    );
    expect(() => checkBoxes({ ...boxes, angle: Float32Array.of(3) }, 'truths')).toThrow(
      /angle has 1 values for 2 boxes/,
    );
  });

  it('are joined and selected, with the angle 0 where only others are rotated', () => {
    const part = (picture: number, angle?: Float64Array): Parameters<typeof joinPredictions>[0][0] => ({
      boxes: { ...boxesFromEdges([0, 0, picture, 1]), ...(angle && { angle }) },
      picture: Int32Array.of(picture),
      classIndex: Int32Array.of(2),
      score: Float32Array.of(0.5),
    });
    expect(joinPredictions([part(1), part(3, Float64Array.of(45))])).toEqual({
      boxes: { ...boxesFromEdges([0, 0, 1, 1, 0, 0, 3, 1]), angle: Float64Array.of(0, 45) },
      picture: Int32Array.of(1, 3),
      classIndex: Int32Array.of(2, 2),
      score: Float64Array.of(0.5, 0.5),
    });
    const two = joinPredictions([part(1), part(3, Float64Array.of(45))]);
    expect(selectPredictions(two, [1])).toEqual({
      ...part(3, Float64Array.of(45)),
      score: Float64Array.of(0.5),
    });
    expect(joinPredictions([]).picture).toHaveLength(0);
  });
});
