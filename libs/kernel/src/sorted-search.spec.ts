import { describe, expect, it } from 'vitest';
import { countBelow, countUpTo, countWhile } from './sorted-search.js';

const RISING = Float64Array.of(-1, 0, 0, 2, 5);

describe('the search in sorted numbers', () => {
  it('counts values below a value, and up to it, as a filter does', () => {
    for (const value of [-2, -1, -0.5, 0, 1, 2, 5, 6, Infinity, NaN]) {
      expect(countBelow(RISING, value)).toBe(RISING.filter((one) => one < value).length);
      expect(countUpTo(RISING, value)).toBe(RISING.filter((one) => one <= value).length);
    }
  });

  it('counts the start of falling values that meets a condition', () => {
    expect(countWhile(RISING.toReversed(), (one) => one >= 0)).toBe(4);
  });

  it('counts nothing in an empty list', () => {
    expect(countBelow(new Float32Array(), 1)).toBe(0);
  });
});
