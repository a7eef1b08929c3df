import { describe, expect, it } from 'vitest';
import {
  assignCells,
  decodeDetections,
  type DetectionForm,
  findDetectionForm,
  type Predictions,
  type Truths,
} from '../index.js';

const OPTIONS = { picture: 7, scoreThreshold: 0.3, iouThreshold: 0.5, maxPerPicture: 10 };

/** Objects as `[x, y, width, height, class, score]`, rounded. */
const list = ({ boxes, classIndex, score }: Predictions): number[][] =>
  Array.from(classIndex, (c, i) =>
    [boxes.x[i]!, boxes.y[i]!, boxes.width[i]!, boxes.height[i]!, c, score[i]!].map(
      (value) => Math.round(value * 1e4) / 1e4,
    ),
  );

describe('the form of an output that gives objects', () => {
  it.each<[number[], number, DetectionForm | undefined]>([
    [[13, 13, 8], 3, 'grid'],
    [[13, 13, 24], 3, undefined],
    [[25200, 85], 80, 'v5'],
    [[84, 8400], 80, 'v8'],
    [[8400, 84], 80, 'rows'],
    [[300, 6], 80, 'corners'],
    [[10], 5, undefined],
    [[4, 4], 3, undefined],
  ])('%j with %i classes is %s', (dims, classCount, form) => {
    expect(findDetectionForm(dims, classCount)).toBe(form);
  });
});

describe('objects of an output', () => {
  const input = { width: 100, height: 50 };

  it.each<[string, DetectionForm, number[], number[]]>([
    ['boxes with objectness', 'v5', [2, 7], [50, 25, 20, 10, 0.8, 0.1, 0.9, 50, 26, 20, 10, 0.5, 0, 1]],
    ['boxes by column', 'v8', [6, 2], [50, 50, 25, 26, 20, 20, 10, 10, 0.1, 0, 0.72, 0.5]],
    ['boxes by row', 'rows', [2, 6], [50, 25, 20, 10, 0.1, 0.72, 50, 26, 20, 10, 0, 0.5]],
    ['corners', 'corners', [3, 6], [40, 20, 60, 30, 0.72, 1, 40, 21, 60, 31, 0.5, 1, 0, 0, 9, 9, 0.9, -1]],
  ])('%s are shares of the picture, without the box of lower score', (_, form, dims, data) => {
    const found = decodeDetections({ form, dims, classCount: 2, input }, Float32Array.from(data), OPTIONS);
    expect(list(found)).toEqual([[0.4, 0.4, 0.2, 0.2, 1, 0.72]]);
    expect([...found.picture]).toEqual([7]);
  });

  it('in pixels of an unknown input are refused', () => {
    expect(() =>
      decodeDetections({ form: 'corners', dims: [1, 6], classCount: 1 }, new Float32Array(6), OPTIONS),
    ).toThrow(/its size is not known/);
  });

  it('come back from the cells that they are assigned to', () => {
    const truths: Truths = {
      boxes: {
        x: Float64Array.of(0.1, 0.6, 0.55),
        y: Float64Array.of(0.2, 0.7, 0.1),
        width: Float64Array.of(0.3, 0.4, 0.1),
        height: Float64Array.of(0.1, 0.3, 0.2),
      },
      picture: Int32Array.of(0, 0, 1),
      classIndex: Int32Array.of(2, 0, 1),
    };
    const grid = { rows: 3, columns: 4, classCount: 3 };
    const cells = assignCells(grid, truths, 2);
    // logits of the targets: the inverse of σ for all but the sizes
    const logits = cells.map((t, at) => {
      const channel = at % 8;
      if (channel === 2 || channel === 3) return t;
      return channel < 2 ? Math.log(t / (1 - t)) : t === 1 ? 12 : -12;
    });
    const size = logits.length / 2;
    const read = [0, 1].map((picture) =>
      decodeDetections(
        { form: 'grid', dims: [3, 4, 8], classCount: 3 },
        logits.subarray(picture * size, (picture + 1) * size),
        { ...OPTIONS, picture },
      ),
    );
    expect(list(read[0]!).map((box) => box.slice(0, 5))).toEqual([
      [0.1, 0.2, 0.3, 0.1, 2],
      [0.6, 0.7, 0.4, 0.3, 0],
    ]);
    expect(list(read[1]!).map((box) => box.slice(0, 5))).toEqual([[0.55, 0.1, 0.1, 0.2, 1]]);
  });

  it('that share a cell leave it to the largest, and one at the edge is in the last cell', () => {
    const cells = assignCells(
      { rows: 1, columns: 1, classCount: 2 },
      {
        boxes: {
          x: Float64Array.of(0.1, 0.2, 1),
          y: Float64Array.of(0.1, 0.2, 1),
          width: Float64Array.of(0.5, 0.2, 0),
          height: Float64Array.of(0.5, 0.2, 0),
        },
        picture: Int32Array.of(0, 0, 1),
        classIndex: Int32Array.of(0, 1, 1),
      },
      2,
    );
    expect([...cells.subarray(4, 7)]).toEqual([1, 1, 0]);
    expect([...cells.subarray(7)].map((value) => Math.round(value * 100) / 100)).toEqual([
      1, 1, -6.91, -6.91, 1, 0, 1,
    ]);
  });
});
