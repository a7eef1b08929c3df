import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { type OrderKey, sortItems } from './item-order.js';

const sorted = (items: readonly number[], key: OrderKey, isDescending = false): number[] => {
  const steps = sortItems(Uint32Array.from(items), key, isDescending);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return [...value];
  }
};
const numbers = (...values: number[]): OrderKey => ({ kind: 'number', values: Float32Array.from(values) });

describe('order of the items of a gallery', () => {
  it('sorts negative and positive numbers and infinities', () => {
    const key = numbers(3, -1, 0, -Infinity, 1e-20, Infinity, -1e20);
    expect(sorted([0, 1, 2, 3, 4, 5, 6], key)).toEqual([3, 6, 1, 2, 4, 0, 5]);
    expect(sorted([0, 1, 2, 3, 4, 5, 6], key, true)).toEqual([5, 0, 4, 2, 1, 6, 3]);
  });

  it('puts items without a number last in both directions', () => {
    const key = numbers(NaN, 2, NaN, 1);
    expect(sorted([0, 1, 2, 3], key)).toEqual([3, 1, 0, 2]);
    expect(sorted([0, 1, 2, 3], key, true)).toEqual([1, 3, 0, 2]);
  });

  it('keeps the order of items with equal values, and takes both zeros for equal', () => {
    expect(sorted([4, 2, 0, 3, 1], numbers(0, 1, -0, 1, 0))).toEqual([4, 2, 0, 3, 1]);
    expect(sorted([3, 1, 2], numbers(0, 5, 5, 5), true)).toEqual([3, 1, 2]);
  });

  it('sorts codes, with missing ones last in both directions', () => {
    const key: OrderKey = { kind: 'code', values: Uint8Array.from([2, 255, 0, 1]), missing: 255 };
    expect(sorted([0, 1, 2, 3], key)).toEqual([2, 3, 0, 1]);
    expect(sorted([0, 1, 2, 3], key, true)).toEqual([0, 3, 2, 1]);
  });

  it('sorts some of the items and leaves the list that it was given', () => {
    const items = Uint32Array.from([5, 1, 3]);
    const steps = sortItems(items, numbers(0, 9, 0, 7, 0, 8), false);
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    expect([...step.value]).toEqual([3, 5, 1]);
    expect([...items]).toEqual([5, 1, 3]);
  });

  it('agrees with the sort of the language on 200,000 numbers, in many steps', () => {
    const random = seededRandom(11);
    const values = Float32Array.from(
      { length: 200_000 },
      () => (random() - 0.5) * 10 ** (20 * random() - 10),
    );
    const items = Array.from(values, (_, at) => at);
    expect(sorted(items, { kind: 'number', values })).toEqual(
      items.toSorted((a, b) => values[a]! - values[b]! || a - b),
    );
  });
});
