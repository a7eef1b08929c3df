import { describe, expect, it } from 'vitest';
import { smoothLine } from './smoothing.js';

const line = (...values: number[]) => values.map((y, x) => ({ x, y }));

describe('a smoothed line', () => {
  it('is the mean of the values before by falling weights', () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6];
    const weight = 0.7;
    for (const [at, { y }] of smoothLine(line(...values), weight).entries()) {
      const weights = values.slice(0, at + 1).map((_, i) => weight ** (at - i));
      const expected =
        weights.reduce((sum, share, i) => sum + share * values[i]!, 0) / weights.reduce((a, b) => a + b);
      expect(y).toBeCloseTo(expected, 12);
    }
  });

  it('starts at the first value and keeps a constant', () => {
    expect(smoothLine(line(5, 5, 5), 0.9).map(({ y }) => y)).toEqual([5, 5, 5].map((y) => expect.closeTo(y)));
  });

  it('is the line itself without a weight', () => {
    expect(smoothLine(line(2, 7, 1), 0)).toEqual(line(2, 7, 1));
  });

  it('keeps a gap and goes on after it as if it were not there', () => {
    const [, gap, after] = smoothLine(line(2, NaN, 4), 0.5);
    expect(gap!.y).toBeNaN();
    expect(after!.y).toBeCloseTo((0.5 * 2 + 4) / 1.5, 12);
  });
});
