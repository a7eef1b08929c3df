import { expect, it } from 'vitest';
import { axisEnds } from './turn-hint.js';

const rounded = (azimuth: number, elevation: number) =>
  axisEnds({ azimuth, elevation }).map(({ x, y, front }) => [x, y, front].map((v) => Math.round(v) + 0));

it('shows x to the right, y up and z to the front, and turns them with the camera', () => {
  expect(rounded(0, 0)).toEqual([
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ]);
  expect(rounded(Math.PI / 2, 0)).toEqual([
    [0, 0, 1],
    [0, 1, 0],
    [-1, 0, 0],
  ]);
  expect(rounded(0, Math.PI / 2)).toEqual([
    [1, 0, 0],
    [0, 0, 1],
    [0, -1, 0],
  ]);
});
