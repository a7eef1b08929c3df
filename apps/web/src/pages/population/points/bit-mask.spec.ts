import { describe, expect, it } from 'vitest';
import {
  bothMasks,
  combineMask,
  countBits,
  createMask,
  maskOf,
  eitherMask,
  pointMask,
  pointsOf,
  rowBitmap,
  withoutMask,
} from './bit-mask.js';

describe('bit masks', () => {
  it('count no bits beyond the last point', () => {
    for (const count of [0, 1, 7, 8, 9, 10_000]) expect(countBits(createMask(count, true))).toBe(count);
  });

  it('combine as sets do', () => {
    const [a, b] = [maskOf([1, 2, 3, 19], 20), maskOf([3, 4, 19], 20)];
    expect(pointsOf(bothMasks(a, b))).toEqual([3, 19]);
    expect(pointsOf(eitherMask(a, b))).toEqual([1, 2, 3, 4, 19]);
    expect(pointsOf(withoutMask(a, b))).toEqual([1, 2]);
    expect(pointsOf(combineMask(a, b, 'add'))).toEqual([1, 2, 3, 4, 19]);
    expect(pointsOf(combineMask(a, b, 'remove'))).toEqual([1, 2]);
    expect(pointsOf(combineMask(undefined, b, 'remove'))).toEqual([]);
    expect(pointsOf(a, 2)).toEqual([1, 2]);
  });

  it('go to rows and back', () => {
    const mask = maskOf([0, 1, 4], 10);
    expect(pointsOf(rowBitmap(mask, 10, 7))).toEqual([0, 7, 8]); // 0·7, 1·7, 4·7 mod 10
    expect(pointMask(rowBitmap(mask, 10, 7), 10, 7)).toEqual(mask);
  });
});
