import { describe, expect, it } from 'vitest';
import { parseFloats, reference } from '../../test/reference.js';
import {
  decodeAnchorFreeHead,
  decodeAnchorHead,
  decodeExportedBoxes,
  type HeadGrid,
  type Predictions,
} from '../index.js';

const { rows, columns, stride, classCount, anchors } = reference.heads;
const sizes = anchors.map(([width, height]) => ({ width, height }));

const grid = (version: 'v3' | 'v5' | 'v8'): HeadGrid => ({
  data: parseFloats(reference.heads[version].data),
  rows,
  columns,
  stride,
  classCount,
});

const channelsLast = (head: HeadGrid): HeadGrid => {
  const cells = rows * columns;
  const channels = head.data.length / cells;
  const data = Float32Array.from(
    head.data,
    (_, at) => head.data[(at % channels) * cells + Math.floor(at / channels)]!,
  );
  return { ...head, data, layout: 'channels-last' };
};

function expectBoxes(
  { boxes, classIndex, score }: Predictions,
  expected: readonly (readonly number[])[],
): void {
  expect(classIndex).toHaveLength(expected.length);
  expected.forEach(([x, y, width, height, own, confidence], i) => {
    expect(classIndex[i]).toBe(own);
    const actual = [boxes.x[i]!, boxes.y[i]!, boxes.width[i]!, boxes.height[i]!, score[i]!];
    [x!, y!, width!, height!, confidence!].forEach((value, at) =>
      // Heads are float32.
      expect(actual[at], `number ${at} of box ${i}`).toBeCloseTo(value, 4),
    );
  });
}

describe('a head of YOLO', () => {
  it.each(['v3', 'v5'] as const)('%s holds the boxes that it was made from, in both layouts', (version) => {
    const { expected } = reference.heads[version];
    for (const head of [grid(version), channelsLast(grid(version))])
      expectBoxes(decodeAnchorHead({ ...head, anchors: sizes, version }), expected);
    const few = decodeAnchorHead(
      { ...grid(version), anchors: sizes, version },
      { scoreThreshold: 0.6, picture: 4 },
    );
    expectBoxes(
      few,
      expected.filter(([, , , , , score]) => score! >= 0.6),
    );
    expect(new Set(few.picture)).toEqual(new Set([4]));
  });

  it('v8 holds the boxes that it was made from, in both layouts', () => {
    for (const head of [grid('v8'), channelsLast(grid('v8'))])
      expectBoxes(decodeAnchorFreeHead(head), reference.heads.v8.expected);
  });

  it('is refused if its channels do not fit, or if it holds no numbers', () => {
    expect(() => decodeAnchorHead({ ...grid('v5'), classCount: 4, anchors: sizes, version: 'v5' })).toThrow(
      /720 numbers; 27 channels of 6 by 5 cells are 810/,
    );
    expect(() => decodeAnchorFreeHead({ ...grid('v8'), bins: 8 })).toThrow(/35 channels/);
    expect(() => decodeAnchorHead({ ...grid('v3'), anchors: [], version: 'v3' })).toThrow(/anchors is \[\]/);
    const broken = grid('v8');
    expect(() => decodeAnchorFreeHead({ ...broken, data: broken.data.map(() => NaN) })).toThrow(
      /a score of picture 0 is not a number/,
    );
  });
});

describe('an exported network', () => {
  // Two boxes of two classes.
  const v5 = Float32Array.of(50, 40, 20, 10, 0.5, 0.25, 0.75, 8, 6, 4, 2, 0.125, 1, 0);
  const v8 = Float32Array.of(50, 8, 40, 6, 20, 4, 10, 2, 0.25, 0.875, 0.75, 0);
  it('has a box a row with objectness (v5) or a box a column without (v8)', () => {
    const boxes = {
      x: Float64Array.of(40, 6),
      y: Float64Array.of(35, 5),
      width: Float64Array.of(20, 4),
      height: Float64Array.of(10, 2),
    };
    const options = { scoreThreshold: 0.1 };
    expect(decodeExportedBoxes({ data: v5, version: 'v5', classCount: 2 }, options)).toEqual({
      boxes,
      picture: Int32Array.of(0, 0),
      classIndex: Int32Array.of(1, 0),
      score: Float64Array.of(0.375, 0.125),
    });
    expect(decodeExportedBoxes({ data: v8, version: 'v8', classCount: 2 }, options)).toEqual({
      boxes,
      picture: Int32Array.of(0, 0),
      classIndex: Int32Array.of(1, 0),
      score: Float64Array.of(0.75, 0.875),
    });
    expect(decodeExportedBoxes({ data: v5, version: 'v5', classCount: 2 }).score).toHaveLength(1);
  });

  it('is refused if its length is not a number of boxes', () => {
    expect(() => decodeExportedBoxes({ data: v8, version: 'v8', classCount: 3 })).toThrow(
      /12 numbers, not a multiple of 7 \(4 and 3 classes\)/,
    );
  });
});
