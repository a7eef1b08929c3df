import { expect, it } from 'vitest';
import { rowsBetween } from './visible-rows.js';

it.each([
  [0, { top: 0, height: 300, spare: 12 }, 0, 0],
  [5, { top: 0, height: 300, spare: 12 }, 0, 5],
  [1000, { top: 0, height: 260, spare: 2 }, 0, 12],
  [1000, { top: 265, height: 260, spare: 2 }, 8, 23],
  [1000, { top: 25_740, height: 260, spare: 2 }, 988, 1000],
  [10, { top: 99_999, height: 260, spare: 2 }, 8, 10],
])('of %i rows, %o draws %i to %i', (count, box, first, last) => {
  expect(rowsBetween(count, 26, box)).toEqual({ first, last });
});
