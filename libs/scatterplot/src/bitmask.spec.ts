import { describe, expect, it } from 'vitest';
import {
  toBits,
  bothMasks,
  countBits,
  eitherMask,
  hasBit,
  maskBytes,
  toMask,
  sameMask,
  withoutMask,
} from './bitmask.js';

describe('bit masks', () => {
  const a = toMask([0, 3, 8, 17], 20);
  const b = toMask([3, 9, 17], 20);

  it('hold one bit a point, the lowest bit first', () => {
    expect([...a]).toEqual([0b1001, 0b1, 0b10]);
    expect(maskBytes(20)).toBe(3);
    expect([hasBit(a, 8), hasBit(a, 9), hasBit(a, 4000)]).toEqual([true, false, false]);
  });

  it('are counted and listed', () => {
    expect(countBits(a)).toBe(4);
    expect([...toBits(a)]).toEqual([0, 3, 8, 17]);
  });

  it('are combined as sets', () => {
    expect([...toBits(bothMasks(a, b))]).toEqual([3, 17]);
    expect([...toBits(eitherMask(a, b))]).toEqual([0, 3, 8, 9, 17]);
    expect([...toBits(withoutMask(a, b))]).toEqual([0, 8]);
  });

  it('are the same where they have the same points, and none is not an empty one', () => {
    expect(sameMask(a, toMask([17, 8, 3, 0], 20))).toBe(true);
    expect(sameMask(a, b)).toBe(false);
    expect(sameMask(a, toMask([0, 3, 8, 17], 40))).toBe(false);
    expect(sameMask(undefined, toMask([], 20))).toBe(false);
    expect(sameMask(undefined, undefined)).toBe(true);
  });
});
