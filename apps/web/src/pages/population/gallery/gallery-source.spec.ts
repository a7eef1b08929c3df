import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { spreadOrder } from '../../../api/spread-order.js';
import { toMask } from '../points/bit-mask.js';
import type { Column } from '../points/column.js';
import { orderPoints } from './gallery-source.js';

const spread = (count: number, stride: number) => ({ count, stride, ...spreadOrder(count, stride) });

/** All that the steps bring: the first points where they come early, and all points. */
const results = (...request: Parameters<typeof orderPoints>): number[][] => {
  const steps = orderPoints(...request);
  const found: number[][] = [];
  for (;;) {
    const { done, value } = steps.next();
    if (value !== undefined) found.push([...value]);
    if (done === true) return found;
  }
};

describe('order of the points of a gallery', () => {
  it('lists the points of a mask by their rows', () => {
    const order = spread(7, 3);
    expect(results(order, undefined, undefined, false).at(-1)!.map(order.toRow)).toEqual([
      0, 1, 2, 3, 4, 5, 6,
    ]);
    expect(
      results(order, toMask([2, 4, 5], 7), undefined, true)
        .at(-1)!
        .map(order.toRow),
    ).toEqual([6, 5, 1]);
  });

  it('sorts by a column, equal values by their rows', () => {
    const order = spread(7, 3);
    // By point; rows are 0, 3, 6, 2, 5, 1, 4.
    const column: Column = { name: 'loss', kind: 'number', values: Float32Array.of(1, 2, NaN, 2, 0, 2, 1) };
    expect(results(order, undefined, column, true).at(-1)!.map(order.toRow)).toEqual([1, 2, 3, 0, 4, 5, 6]);
  });

  it.each([true, false])(
    'brings the first of many points before all are sorted, the same ones (falling: %s)',
    (isDescending) => {
      const count = 300_001;
      const order = spread(count, 185_411);
      const random = seededRandom(5);
      // Few different numbers, so that most of the first are equal.
      const values = Float32Array.from({ length: count }, () =>
        random() < 0.01 ? NaN : Math.floor(500 * random()),
      );
      const mask = toMask(
        Array.from({ length: count }, (_, point) => point).filter((point) => point % 3 > 0),
        count,
      );
      const [first, all] = results(order, mask, { name: 'loss', kind: 'number', values }, isDescending);
      expect(first).toHaveLength(120);
      expect(all).toHaveLength(200_000);
      expect(first).toEqual(all!.slice(0, 120));
    },
  );
});
