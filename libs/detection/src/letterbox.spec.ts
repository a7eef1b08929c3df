import { describe, expect, it } from 'vitest';
import { boxesFromEdges, fitLetterbox, undoLetterbox } from './index.js';

describe('a letterbox', () => {
  it('fits a picture, with the bars of Ultralytics', () => {
    // Pictures of 1280 by 720 and 427 by 640 in 640 by 640; resized 123 by 45 in 64 by 48 is 64 by 23.
    expect(fitLetterbox({ width: 1280, height: 720 }, { width: 640, height: 640 })).toEqual({
      scale: 0.5,
      left: 0,
      top: 140,
    });
    expect(fitLetterbox({ width: 427, height: 640 }, { width: 640, height: 640 })).toEqual({
      scale: 1,
      left: 106,
      top: 0,
    });
    expect(fitLetterbox({ width: 123, height: 45 }, { width: 64, height: 48 })).toMatchObject({ top: 12 });
  });

  it('is undone, cut at the edges of the picture if its size is given', () => {
    const letterbox = { scale: 0.5, left: 0, top: 140 };
    const boxes = boxesFromEdges([10, 150, 30, 200, -20, 130, 700, 600]);
    expect(undoLetterbox(boxes, letterbox)).toEqual(boxesFromEdges([20, 20, 60, 120, -40, -20, 1400, 920]));
    expect(undoLetterbox(boxes, letterbox, { width: 1280, height: 720 })).toEqual(
      boxesFromEdges([20, 20, 60, 120, 0, 0, 1280, 720]),
    );
    const angle = Float64Array.of(30, 60);
    expect(undoLetterbox({ ...boxes, angle }, letterbox, { width: 1280, height: 720 })).toEqual({
      ...boxesFromEdges([20, 20, 60, 120, -40, -20, 1400, 920]),
      angle,
    });
  });

  it('refuses sizes and scales that are not above 0', () => {
    expect(() => fitLetterbox({ width: 0, height: 5 }, { width: 1, height: 1 })).toThrow(
      /picture.width is 0/,
    );
    expect(() => undoLetterbox(boxesFromEdges([]), { scale: 0, left: 0, top: 0 })).toThrow(/scale is 0/);
  });
});
