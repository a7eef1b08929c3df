import { expect, it } from 'vitest';
import { drawingSize, maskPixels } from './mask-pixels.js';

const region = (label: number, runs: number[], predicted?: boolean) => ({
  label,
  runs,
  ...(predicted === undefined ? {} : { predicted }),
});
const opacities = (pixels: Uint8ClampedArray, width: number): number[][] =>
  Array.from({ length: pixels.length / 4 / width }, (_, y) =>
    Array.from({ length: width }, (_, x) => pixels[4 * (y * width + x) + 3]!),
  );

it('a mask is drawn with a longer side of 1024, whatever its picture has', () => {
  expect(drawingSize({ width: 28, height: 28 })).toEqual({ width: 1024, height: 1024 });
  expect(drawingSize({ width: 4000, height: 3000 })).toEqual({ width: 1024, height: 768 });
  expect(drawingSize({ width: 1, height: 9000 })).toEqual({ width: 1, height: 1024 });
});

it('a region is filled with its color inside an opaque outline', () => {
  const size = { width: 8, height: 8 };
  const pixels = maskPixels({ width: 1, height: 1, regions: [region(0, [0, 1])] }, { size });
  const drawn = opacities(pixels, 8);
  expect(drawn[0]).toEqual([255, 255, 255, 255, 255, 255, 255, 255]);
  expect(drawn[4]).toEqual([255, 255, 150, 150, 150, 150, 255, 255]);
  expect([...pixels.subarray(0, 3)]).toEqual([0xe6, 0x9f, 0x00]);
});

it('two objects of one class have an outline between them', () => {
  const size = { width: 16, height: 8 };
  const both = maskPixels({ width: 2, height: 1, regions: [region(0, [0, 1]), region(0, [1, 1])] }, { size });
  const one = maskPixels({ width: 2, height: 1, regions: [region(0, [0, 2])] }, { size });
  expect(opacities(both, 16)[4]!.slice(5, 11)).toEqual([150, 255, 255, 255, 255, 150]);
  expect(opacities(one, 16)[4]!.slice(5, 11)).toEqual([150, 150, 150, 150, 150, 150]);
});

it('a predicted region is striped', () => {
  const size = { width: 40, height: 40 };
  const rows = (predicted: boolean): Set<number> => {
    const pixels = maskPixels({ width: 1, height: 1, regions: [region(3, [0, 1], predicted)] }, { size });
    return new Set(opacities(pixels, 40)[20]!.slice(2, 38));
  };
  expect(rows(false)).toEqual(new Set([150]));
  expect(rows(true)).toEqual(new Set([235, 0]));
});

it('an outlined region is empty inside its outline', () => {
  const size = { width: 8, height: 8 };
  const mask = { width: 1, height: 1, regions: [region(0, [0, 1])] };
  expect(opacities(maskPixels(mask, { size, isOutlined: true }), 8)[4]).toEqual([
    255, 255, 0, 0, 0, 0, 255, 255,
  ]);
});
