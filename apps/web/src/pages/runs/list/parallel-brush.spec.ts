import { describe, expect, it } from 'vitest';
import type { RunAxis } from './parallel-axes.js';
import { findBrush, putBrush } from './parallel-brush.js';

const axis = (names: readonly string[] | undefined, key: string): RunAxis =>
  ({ key, names, low: 0, high: names === undefined ? 10 : names.length - 1 }) as RunAxis;
const rate = axis(undefined, 'setting:rate');
const optimizer = axis(['adam', 'rmsprop', 'sgd'], 'setting:optimizer');
const none = { ranges: [], settings: [] };

describe('a chosen part of an axis', () => {
  it('is a range of numbers, next to the ones of other axes', () => {
    const before = { settings: [], ranges: [['metric', 0, 1] as const, ['setting:rate', 1, 2] as const] };
    const after = putBrush(rate, { low: 3, high: 10 }, before);
    expect(after.ranges).toEqual([
      ['metric', 0, 1],
      ['setting:rate', 3, 10],
    ]);
    expect(findBrush(rate, after)).toEqual({ low: 3, high: 10 });
  });

  it('is the values of names, as the filter above the table has them', () => {
    const after = putBrush(optimizer, { low: 1, high: 2 }, { ...none, settings: [['data', 'x']] });
    expect(after.settings).toEqual([
      ['data', 'x'],
      ['optimizer', 'rmsprop'],
      ['optimizer', 'sgd'],
    ]);
    expect(findBrush(optimizer, after)).toEqual({ low: 1, high: 2 });
  });

  it('is no filter where it is the whole axis', () => {
    for (const one of [rate, optimizer]) {
      const some = putBrush(one, { low: 0, high: 1 }, none);
      expect(putBrush(one, { low: one.low, high: one.high }, some)).toEqual(none);
      expect(putBrush(one, undefined, some)).toEqual(none);
      expect(findBrush(one, none)).toBeUndefined();
    }
  });
});
