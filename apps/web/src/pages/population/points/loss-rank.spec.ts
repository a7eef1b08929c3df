import { expect, it } from 'vitest';
import { toMask } from './bit-mask.js';
import { highest, nextInRank } from './loss-rank.js';

const loss = Float32Array.of(0.5, 3, NaN, 3, 0.1, 9);

it('lists the highest that are shown', () => {
  expect(highest(loss, undefined, 3)).toEqual([5, 1, 3]);
  expect(highest(loss, toMask([0, 2, 4], 6), 3)).toEqual([0, 4]);
});

it('walks through all of them and back', () => {
  const walk = [];
  for (
    let at: number | undefined = nextInRank(loss, undefined, undefined, 1);
    at >= 0;
    at = nextInRank(loss, undefined, at, 1)
  )
    walk.push(at);
  expect(walk).toEqual([5, 1, 3, 0, 4]);
  expect(nextInRank(loss, undefined, 3, -1)).toBe(1);
  expect(nextInRank(loss, undefined, 5, -1)).toBe(-1);
  expect(nextInRank(loss, toMask([0, 1], 6), 1, 1)).toBe(0);
});
