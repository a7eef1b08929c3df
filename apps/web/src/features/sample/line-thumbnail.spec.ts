import { expect, it } from 'vitest';
import { lineThumbnail } from './line-thumbnail.js';

it('lines of a thumbnail have one scale, the greatest value above', () => {
  expect(
    lineThumbnail([
      [0, 10],
      [5, 5],
    ]),
  ).toEqual(['M0.0,92.0L100.0,8.0', 'M0.0,50.0L100.0,50.0']);
});

it('a line without numbers is empty, and a missing number is a gap', () => {
  expect(
    lineThumbnail([
      [NaN, NaN],
      [1, NaN, 2],
    ]),
  ).toEqual(['', 'M0.0,92.0M100.0,8.0']);
  expect(lineThumbnail([])).toEqual([]);
});

it('a long line shows the least and the greatest value of each column', () => {
  const wave = Float32Array.from({ length: 9_600 }, (_, i) => (i % 2 === 0 ? -1 : 1));
  const [path] = lineThumbnail([wave]);
  expect(path!.startsWith('M0.0,92.0L0.0,8.0L1.1,92.0L1.1,8.0')).toBe(true);
  expect(path!.match(/[ML]/g)).toHaveLength(192);
});
