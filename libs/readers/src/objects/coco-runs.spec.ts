import { describe, expect, it } from 'vitest';
import { fillRuns, readRuns } from './coco-runs.js';

/** Random pixels, an ellipse and a full row, encoded by pycocotools 2.0.11 (`mask.encode`, and as plain lengths). */
const REFERENCE = [
  {
    size: [9, 14],
    text: String.raw`611060J01041OOO0M020N01011OOO0018OJ1OO<0C040M26OM`,
    counts: [
      6, 1, 1, 1, 7, 1, 1, 1, 2, 1, 6, 2, 5, 1, 4, 1, 1, 1, 3, 1, 1, 1, 2, 1, 3, 2, 2, 1, 1, 1, 1, 2, 9, 1, 3,
      2, 2, 1, 14, 1, 1, 1, 5, 1, 2, 3, 8, 2, 5,
    ],
    rows: [
      '00100001000110',
      '00010111010010',
      '00010010100011',
      '00100100000001',
      '00001000000000',
      '00000010000000',
      '10001100100100',
      '01000010101000',
      '10010000000000',
    ],
  },
  {
    size: [24, 31],
    text: String.raw`R75b02N2N2O00000000000001N2N2Ng5`,
    counts: [
      226, 5, 18, 7, 16, 9, 14, 11, 13, 11, 13, 11, 13, 11, 13, 11, 13, 11, 13, 11, 13, 11, 14, 9, 16, 7, 18,
      5, 201,
    ],
    rows: [
      '0000000000000000000000000000000',
      '0000000000000000000000000000000',
      '0000000000000000000000000000000',
      '0000000000000000000000000000000',
      '0000000000000000000000000000000',
      '0000000000000000000000000000000',
      '0000000000000000000000000000000',
      '0000000000001111111100000000000',
      '0000000000011111111110000000000',
      '0000000000111111111111000000000',
      '0000000001111111111111100000000',
      '0000000001111111111111100000000',
      '0000000001111111111111100000000',
      '0000000001111111111111100000000',
      '0000000001111111111111100000000',
      '0000000000111111111111000000000',
      '0000000000011111111110000000000',
      '0000000000001111111100000000000',
      '0000000000000000000000000000000',
      '0000000000000000000000000000000',
      '0000000000000000000000000000000',
      '0000000000000000000000000000000',
      '0000000000000000000000000000000',
      '0000000000000000000000000000000',
    ],
  },
  {
    size: [1, 7],
    text: String.raw`07`,
    counts: [0, 7],
    rows: ['1111111'],
  },
];

const draw = (runs: ReturnType<typeof readRuns>, [height, width]: readonly [number, number]): string[] => {
  const pixels = new Uint8Array(height * width);
  if (typeof runs === 'string') throw new Error(runs);
  fillRuns(runs, [height, width], (pixel) => {
    pixels[pixel] = 1;
  });
  return Array.from({ length: height }, (_, row) => pixels.subarray(row * width, (row + 1) * width).join(''));
};

describe('a mask of runs', () => {
  it.each(REFERENCE)(
    'of $size has the pixels of the reference, from a list and from a text',
    ({ size, text, counts, rows }) => {
      const [height, width] = size as [number, number];
      for (const stated of [text, counts])
        expect(draw(readRuns({ size, counts: stated }, height, width), [height, width])).toEqual(rows);
    },
  );

  it('is drawn at half of its size by the nearest pixels', () => {
    const runs = readRuns({ size: [4, 4], counts: [0, 8, 8] }, 4, 4);
    expect(draw(runs, [2, 2])).toEqual(['10', '10']);
  });

  it.each<[string, object, RegExp]>([
    ['another size', { size: [4, 5], counts: [16] }, /the size \[4,5\], and its picture has \[4,4\]/],
    ['too few pixels', { size: [4, 4], counts: [3, 4] }, /runs of 7 pixels together, .* 16/],
    ['a run below zero', { size: [4, 4], counts: [20, -4] }, /without a list of the lengths/],
    ['a text that ends within a number', { size: [4, 4], counts: 'P' }, /without a list of the lengths/],
    ['a text with other signs', { size: [4, 4], counts: '\u00fc1' }, /without a list of the lengths/],
    ['a number without an end', { size: [4, 4], counts: 'oooooooooo' }, /without a list of the lengths/],
  ])('is refused with %s', (_what, segmentation, message) => {
    expect(readRuns(segmentation, 4, 4)).toMatch(message);
  });
});
