import { describe, expect, it } from 'vitest';
import { maskOf } from './bitmask.js';
import { drawOrder } from './draw-order.js';

describe('drawOrder', () => {
  it('needs no list when all points are alike', () => {
    expect(drawOrder(5, undefined, undefined, undefined)).toEqual({ points: undefined, count: 5, firstSelected: 0 });
  });

  it('draws faint points first and large ones last, and leaves out what is not shown', () => {
    const sizes = Uint8Array.from([9, 200, 9, 0, 255, 7]);
    const order = drawOrder(6, sizes, maskOf([0, 1, 2, 3, 5], 6), maskOf([0, 3], 6));
    expect([...order.points!]).toEqual([5, 2, 1, 3, 0]);
    expect(order).toMatchObject({ count: 5, firstSelected: 3 });
  });

  it('keeps points as they came where sizes are equal, and hides those that came after the mask was made', () => {
    expect([...drawOrder(12, undefined, maskOf([2, 4, 6], 8), undefined).points!]).toEqual([2, 4, 6]);
  });
});
