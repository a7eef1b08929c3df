import { describe, expect, it } from 'vitest';
import { tensor } from '../tensor.js';
import { encodeVisual } from '../visual.js';
import { readAnnotation } from './annotated-picture.js';
import { forEachRun, imageWithMask, maskKind, type MaskOptions, type StoredMask } from './mask.visual.js';

const picture = tensor(new Uint8Array(12), [3, 4]);
const mask = [
  [0, 1, 1, 0],
  [2, 1, 0, 0],
  [2, 2, 0, 1],
];
const labels = ['nothing', 'cat', 'dog'];
const encode = (numbers: unknown, options: Partial<MaskOptions> = {}): StoredMask =>
  maskKind.read!(
    readAnnotation(encodeVisual(imageWithMask(picture, numbers as number[], { labels, ...options })).bytes)!,
  );

describe('a mask on a picture', () => {
  it('is stored as runs of each class, without the background', () => {
    expect(encode(mask)).toEqual({
      kind: 'mask',
      width: 4,
      height: 3,
      labels,
      regions: [
        { label: 1, runs: [1, 2, 2, 1, 5, 1] },
        { label: 2, runs: [4, 1, 3, 2] },
      ],
    });
  });

  it('has one region for each object, and predicted regions', () => {
    const instances = [
      [0, 1, 1, 0],
      [7, 1, 0, 0],
      [7, 7, 0, 2],
    ];
    const { regions } = encode(mask, { instances, predicted: mask, background: [0, 2] });
    expect(regions).toEqual([
      { label: 1, instance: 1, runs: [1, 2, 2, 1] },
      { label: 1, instance: 2, runs: [11, 1] },
      { label: 1, predicted: true, runs: [1, 2, 2, 1, 5, 1] },
    ]);
  });

  it('has the pixels that it was made of, for any numbers', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const numbers = Array.from({ length: 12 }, (_, i) =>
        Math.floor(Math.abs(Math.sin(seed * 13 + i * 7)) * 3),
      );
      const drawn = new Array<number>(12).fill(0);
      for (const { label, runs } of encode(tensor(numbers, [3, 4])).regions)
        forEachRun(runs, (from, to) => drawn.fill(label, from, to));
      expect(drawn).toEqual(numbers);
    }
  });

  it.each([
    [[[1, 2]], {}, 'the mask has the shape [1, 2], but the picture has [3, 4]'],
    [mask.map((row) => row.map((n) => n / 2)), {}, 'the mask has the number 0.5; give whole numbers'],
    [mask.map((row) => row.map((n) => n + 1)), {}, 'the mask has the number 3, but there are 3 labels'],
    [mask, { predicted: [[1]] }, 'the predicted mask has the shape [1, 1]'],
    [mask, { instances: [[1]] }, 'the instances of the mask has the shape [1, 1]'],
    [mask, { labels: 'cat' as unknown as string[] }, 'the labels must be at most'],
  ])('refuses %j %j', (numbers, options, message) => {
    expect(() => encode(numbers, options)).toThrow(message);
  });

  it('knows what has its form, and the size of the picture', () => {
    const valid = { width: 4, height: 3, labels: ['cat'], regions: [{ label: 0, runs: [2, 10] }] };
    const size = { width: 4, height: 3 };
    expect(maskKind.hasForm?.(valid, size)).toBe(true);
    for (const region of [
      { label: 0, runs: [2, 11] },
      { label: 0, runs: [-1, 3] },
      { label: 0, runs: [0.5] },
      { label: 1, runs: [] },
      { label: 0, runs: [], more: 1 },
      { label: 0 },
      7,
    ])
      expect(maskKind.hasForm?.({ ...valid, regions: [region] }, size)).toBe(false);
    expect(maskKind.hasForm?.(valid, { width: 3, height: 4 })).toBe(false);
  });

  it('is drawn on a thumbnail with fewer pixels: what is predicted in stripes', () => {
    const draw = (predicted: boolean): string[] => {
      const grid = { width: 6, height: 4, data: new Uint8Array(96) };
      // the right half of a picture of 12 × 8
      const runs = Array.from({ length: 16 }, () => 6);
      maskKind.paint!(
        { kind: 'mask', width: 12, height: 8, labels: ['cat'], regions: [{ label: 0, runs, predicted }] },
        grid,
      );
      return Array.from({ length: 4 }, (_, y) =>
        Array.from({ length: 6 }, (_, x) => (grid.data[4 * (6 * y + x) + 3]! > 0 ? '#' : '.')).join(''),
      );
    };
    expect(draw(false)).toEqual(['...###', '...###', '...###', '...###']);
    expect(draw(true)).toEqual(['....##', '...##.', '...#..', '.....#']);
  });

  it('lists its classes where there is no room for a picture', () => {
    expect(maskKind.snippet!(encode(mask))).toBe('cat\ndog');
  });
});
