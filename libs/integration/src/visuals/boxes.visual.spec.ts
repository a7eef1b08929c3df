import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tensor } from '../tensor.js';
import { encodeVisual } from '../visual.js';
import { readAnnotation } from './annotated-picture.js';
import { boxCorners, type Box, boxesKind, imageWithBoxes, type StoredBoxes } from './boxes.visual.js';

const picture = tensor(new Uint8Array(20 * 30 * 3), [20, 30, 3]);
const cat: Box = { label: 'cat', x: 2, y: 3, width: 10, height: 5 };
const read = (bytes: Uint8Array): StoredBoxes => boxesKind.read!(readAnnotation(bytes)!);

describe('boxes on a picture', () => {
  it('are stored in the PNG file, whose other chunks stay', () => {
    const dog = { ...cat, label: 'dog', angle: 30, score: 0.5, predicted: true };
    const { mediaType, bytes } = encodeVisual(imageWithBoxes(picture, [cat, dog]));
    expect(mediaType).toBe('image/vnd.noema.boxes+png');
    expect(read(bytes)).toEqual({
      kind: 'boxes',
      width: 30,
      height: 20,
      labels: ['cat', 'dog'],
      boxes: [
        { label: 0, x: 2, y: 3, width: 10, height: 5 },
        { label: 1, x: 2, y: 3, width: 10, height: 5, angle: 30, score: 0.5, predicted: true },
      ],
    });
    const file = Buffer.from(bytes);
    const names: string[] = [];
    for (let at = 8; at < file.length; at += 12 + file.readUInt32BE(at)) {
      const length = file.readUInt32BE(at);
      names.push(file.toString('latin1', at + 4, at + 8));
      expect(file.readUInt32BE(at + 8 + length)).toBe(crc32(file.subarray(at + 4, at + 8 + length)));
    }
    expect(names).toEqual(['IHDR', 'noMa', 'IDAT', 'IEND']);
  });

  it('have the index of their class in all labels of the dataset', () => {
    const { bytes } = encodeVisual(imageWithBoxes(picture, [cat], { labels: ['bird', 'cat'] }));
    expect(read(bytes)).toMatchObject({ labels: ['bird', 'cat'], boxes: [{ label: 1 }] });
  });

  it.each([
    [{ ...cat, label: 7 }, 'box 0 has no label'],
    [{ ...cat, x: NaN }, '"x" of box 0 is NaN'],
    [{ ...cat, width: -1 }, '"width" of box 0 is -1'],
    [{ ...cat, score: 1.5 }, '"score" of box 0 is 1.5'],
    [{ ...cat, predicted: 1 }, '"predicted" of box 0 is 1'],
    [{ label: 'cat', x: 1, y: 1, width: 1 }, '"height" of box 0 is undefined'],
    [{ ...cat, label: 'cow' }, '"cow" is not one of the labels cat'],
  ])('refuse %j', (box, message) => {
    expect(() => encodeVisual(imageWithBoxes(picture, [box as Box], { labels: ['cat'] }))).toThrow(message);
  });

  it('know what has their form, and the size of the picture', () => {
    const valid = { width: 30, height: 20, labels: ['cat'], boxes: [{ ...cat, label: 0 }] };
    const size = { width: 30, height: 20 };
    expect(boxesKind.hasForm?.(valid, size)).toBe(true);
    for (const other of [
      { ...valid, width: 31 },
      { ...valid, boxes: [{ ...cat, label: 1 }] },
      { ...valid, boxes: [{ ...cat, label: 0, more: 1 }] },
      { ...valid, boxes: [null] },
      { ...valid, labels: ['n'.repeat(201)] },
      { ...valid, boxes: Array.from({ length: 2001 }, () => ({ ...cat, label: 0 })) },
      null,
    ])
      expect(boxesKind.hasForm?.(other, size)).toBe(false);
    expect(boxesKind.hasForm?.(valid)).toBe(false);
  });

  it('are rotated clockwise about their center', () => {
    const corners = boxCorners({ x: 0, y: 0, width: 4, height: 2, angle: 90 });
    const expected = [
      [3, -1],
      [3, 3],
      [1, 3],
      [1, -1],
    ];
    corners.forEach(([x, y], at) => {
      expect(x).toBeCloseTo(expected[at]![0]!, 12);
      expect(y).toBeCloseTo(expected[at]![1]!, 12);
    });
  });

  it('are drawn on a thumbnail: ground truth in whole lines, predictions in dashes', () => {
    const paint = (predicted: boolean): string[] => {
      const grid = { width: 10, height: 10, data: new Uint8Array(400) };
      const stored = { kind: 'boxes' as const, width: 20, height: 20, labels: ['cat'] };
      boxesKind.paint!(
        { ...stored, boxes: [{ label: 0, x: 0, y: 4, width: 40, height: 16, predicted }] },
        grid,
      );
      return Array.from({ length: 10 }, (_, y) =>
        Array.from({ length: 10 }, (_, x) => (grid.data[4 * (10 * y + x) + 3] === 255 ? '#' : '.')).join(''),
      );
    };
    // the right edge is outside the picture
    expect(paint(false)).toEqual([
      '..........',
      '..........',
      '##########',
      '#.........',
      '#.........',
      '#.........',
      '#.........',
      '#.........',
      '#.........',
      '##########',
    ]);
    expect(paint(true)[2]).toBe('###...###.');
  });

  it('list their classes and scores where there is no room for a picture', () => {
    const { bytes } = encodeVisual(imageWithBoxes(picture, [cat, { ...cat, label: 'dog', score: 0.87654 }]));
    expect(boxesKind.snippet!(read(bytes))).toBe('cat\ndog 0.877');
  });
});

it('annotations of a damaged file are not read', () => {
  const { bytes } = encodeVisual(imageWithBoxes(picture, [cat]));
  for (let at = 33; at < 120; at += 7) {
    const damaged = Uint8Array.from(bytes);
    damaged[at]! ^= 1;
    expect(readAnnotation(damaged)).toBeUndefined();
  }
  for (const length of [0, 7, 20, 40, 60]) expect(readAnnotation(bytes.subarray(0, length))).toBeUndefined();
});
