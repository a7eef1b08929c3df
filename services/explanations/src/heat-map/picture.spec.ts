import { expect, it } from 'vitest';
import { featurePicture, overlayPicture } from './picture.js';

const input = { data: Float32Array.of(0, 1, 0, 1), height: 2, width: 2, channels: 1, order: 'hwc' as const };
const pixel = ({ width, rgb }: ReturnType<typeof featurePicture>, x: number, y: number): number[] => [
  ...rgb.slice((y * width + x) * 3, (y * width + x) * 3 + 3),
];

it('where nothing is said the sample is seen, dimmed', () => {
  const picture = overlayPicture(input, { data: new Float32Array(4), height: 2, width: 2 }, false);
  expect([picture.width, picture.height]).toEqual([224, 224]);
  expect(pixel(picture, 10, 10)).toEqual([0, 0, 0]);
  expect(pixel(picture, 200, 10)).toEqual([140, 140, 140]);
});

it('signed maps are red where they raise and blue where they lower', () => {
  const picture = overlayPicture(input, { data: Float32Array.of(1, -1, 1, -1), height: 2, width: 2 }, true);
  const [raises, lowers] = [pixel(picture, 5, 100), pixel(picture, 220, 100)];
  expect(raises[0]).toBeGreaterThan(raises[2]! + 50);
  expect(lowers[2]).toBeGreaterThan(lowers[0]! + 50);
});

it('a series becomes a band', () => {
  const series = { data: new Float32Array(50), height: 1, width: 50, channels: 1, order: 'hwc' as const };
  expect(
    overlayPicture(series, { data: new Float32Array(50).fill(1), height: 1, width: 50 }, false),
  ).toMatchObject({ width: 200, height: 24 });
});

it('a feature map runs from its smallest to its largest value', () => {
  const picture = featurePicture({ data: Float32Array.of(3, 3, 5, 5), height: 2, width: 2 });
  expect(pixel(picture, 0, 0)).not.toEqual(pixel(picture, 0, 223));
  expect(pixel(featurePicture({ data: new Float32Array(4).fill(2), height: 2, width: 2 }), 0, 0)).toEqual(
    pixel(picture, 0, 0),
  );
});
