import { expect, it } from 'vitest';
import { checkCount } from './count-limits.js';

it.each([0, -1, 1.5, Number.NaN, 5])('refuses %s neighbors of 5 points, which have 4 at most', (count) => {
  expect(() => checkCount(count, 'neighbors', 5, 4)).toThrow(
    expect.objectContaining({
      kind: 'invalid',
      reason: 'K_TOO_LARGE',
      message: `${count} neighbors of 5 points cannot be had; ask for 1 to 4`,
    }),
  );
});

it.each([1, 4])('takes %d neighbors of 5 points', (count) => {
  expect(() => checkCount(count, 'neighbors', 5, 4)).not.toThrow();
});
