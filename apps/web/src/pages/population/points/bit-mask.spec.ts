import { describe, expect, it } from 'vitest';
import {
  bothMasks,
  combineMask,
  countBits,
  createMask,
  toMask,
  eitherMask,
  pointMask,
  listPoints,
  rowBitmap,
  withoutMask,
} from './bit-mask.js';

describe('bit masks', () => {
  it('count no bits beyond the last point', () => {
    for (const count of [0, 1, 7, 8, 9, 10_000]) expect(countBits(createMask(count, true))).toBe(count);
  });

  it('combine as sets do', () => {
    const [a, b] = [toMask([1, 2, 3, 19], 20), toMask([3, 4, 19], 20)];
    expect(listPoints(bothMasks(a, b))).toEqual([3, 19]);
    expect(listPoints(eitherMask(a, b))).toEqual([1, 2, 3, 4, 19]);
    expect(listPoints(withoutMask(a, b))).toEqual([1, 2]);
    expect(listPoints(combineMask(a, b, 'add'))).toEqual([1, 2, 3, 4, 19]);
    expect(listPoints(combineMask(a, b, 'remove'))).toEqual([1, 2]);
    expect(listPoints(combineMask(undefined, b, 'remove'))).toEqual([]);
    expect(listPoints(a, 2)).toEqual([1, 2]);
  });

  it('go to rows and back', () => {
    const mask = toMask([0, 1, 4], 10);
    expect(listPoints(rowBitmap(mask, 10, 7))).toEqual([0, 7, 8]); // 0·7, 1·7, 4·7 mod 10
    expect(pointMask(rowBitmap(mask, 10, 7), 10, 7)).toEqual(mask);
  });
});
