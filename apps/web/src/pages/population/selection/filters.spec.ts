import { describe, expect, it } from 'vitest';
import { countBits, listPoints } from '../points/bit-mask.js';
import type { CodeColumn, NumberColumn } from '../points/column.js';
import { combineFilters, type Filter, maskOfFilter, textMask, toggleName } from './filters.js';

const loss: NumberColumn = { name: 'loss', kind: 'number', values: Float32Array.of(0, 1, 2, 3, NaN) };
const label: CodeColumn = {
  name: 'true_class',
  kind: 'code',
  names: ['four', 'nine'],
  values: Uint8Array.of(0, 1, 0, 1, 255),
  missing: 255,
};

describe('filters', () => {
  it('take ranges with both ends, and missing numbers only when asked', () => {
    expect(
      listPoints(maskOfFilter({ kind: 'range', column: 'loss', low: 1, high: 2, missing: false }, loss)),
    ).toEqual([1, 2]);
    expect(
      listPoints(maskOfFilter({ kind: 'range', column: 'loss', low: 1, high: 2, missing: true }, loss)),
    ).toEqual([1, 2, 4]);
  });

  it('take names, and none for those without a value', () => {
    expect(listPoints(maskOfFilter({ kind: 'codes', column: 'true_class', names: ['nine'] }, label))).toEqual(
      [1, 3],
    );
    expect(
      listPoints(maskOfFilter({ kind: 'codes', column: 'true_class', names: ['four', null] }, label)),
    ).toEqual([0, 2, 4]);
  });

  it('combine: a point must meet all', () => {
    const masks = [
      maskOfFilter({ kind: 'range', column: 'loss', low: 2, high: 9, missing: false }, loss),
      maskOfFilter({ kind: 'codes', column: 'true_class', names: ['nine'] }, label),
    ];
    expect(listPoints(combineFilters(masks)!)).toEqual([3]);
    expect(combineFilters([])).toBeUndefined();
  });

  it('show only what is clicked, all when it is clicked again, and switch one with the key', () => {
    const all = ['four', 'nine', null];
    const only = toggleName([], 'true_class', 'four', all, true);
    expect(only).toEqual([{ kind: 'codes', column: 'true_class', names: ['four'] }]);
    expect(toggleName(only, 'true_class', 'four', all, true)).toEqual([]);
    const without = toggleName([], 'true_class', 'four', all, false);
    expect(without).toEqual([{ kind: 'codes', column: 'true_class', names: ['nine', null] }]);
    expect(toggleName(without, 'true_class', 'four', all, false)).toEqual([]);
  });

  it('find texts whatever their case', () => {
    expect(listPoints(textMask(label, ' NIN '))).toEqual([1, 3]);
  });

  it('go over a million points without an object for each', () => {
    const n = 1_000_000;
    const many: NumberColumn = {
      name: 'loss',
      kind: 'number',
      values: Float32Array.from({ length: n }, (_, i) => i / n),
    };
    const filters: Filter[] = [{ kind: 'range', column: 'loss', low: 0.25, high: 0.5, missing: false }];
    expect(countBits(combineFilters(filters.map((f) => maskOfFilter(f, many)))!)).toBe(250_001);
  });
});
