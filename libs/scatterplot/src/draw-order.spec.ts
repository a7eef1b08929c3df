import { describe, expect, it } from 'vitest';
import { toMask } from './bitmask.js';
import { drawOrder, raiseSelected } from './draw-order.js';

describe('drawOrder', () => {
  it('needs no list when all points are alike', () => {
    expect(drawOrder(5, undefined, undefined)).toEqual({
      points: undefined,
      count: 5,
      firstVisible: 0,
      firstSelected: 0,
    });
  });

  it('draws ghosts first, then faint points, and large ones last', () => {
    const sizes = Uint8Array.from([9, 200, 9, 0, 255, 7]);
    const sorted = drawOrder(6, sizes, toMask([0, 1, 2, 3, 5], 6));
    const order = raiseSelected(sorted, toMask([0, 3, 4], 6));
    expect([...order.points!]).toEqual([4, 5, 2, 1, 3, 0]);
    expect(order).toMatchObject({ count: 6, firstVisible: 1, firstSelected: 4 });
  });

  it(
    'keeps points as they came where sizes are equal, and takes points that came after the mask was made ' +
      'for ghosts',
    () => {
      const order = drawOrder(12, undefined, toMask([2, 4, 6], 8));
      expect([...order.points!]).toEqual([0, 1, 3, 5, 7, 8, 9, 10, 11, 2, 4, 6]);
      expect(order).toMatchObject({ count: 12, firstVisible: 9, firstSelected: 9 });
    },
  );

  it('raises points that are all alike, and none that came after the mask was made', () => {
    const order = raiseSelected(drawOrder(11, undefined, undefined), toMask([1, 6], 8));
    expect([...order.points!]).toEqual([0, 2, 3, 4, 5, 7, 8, 9, 10, 1, 6]);
    expect(order).toMatchObject({ count: 11, firstVisible: 0, firstSelected: 9 });
  });
});
