import { describe, expect, it } from 'vitest';
import { findSeriesHeat, findTableHeat, sumByPosition, transposeHeat } from './heat-positions.js';
import { summarised } from './heat-values.js';

const map = (dims: number[], ...values: number[]) => summarised(Float32Array.from(values), dims);

describe('heat by position', () => {
  it('is the sum over the features of a position', () => {
    expect(sumByPosition(map([2, 3], 1, 2, -4, 5, 0, 1))).toEqual(map([2], -1, 6));
  });

  it('is the map itself where a position has one number', () => {
    for (const one of [map([3], 1, 2, 3), map([3, 1], 1, 2, 3)]) expect(sumByPosition(one)).toBe(one);
  });
});

it('heat by time and frequency has low frequencies in the last row', () => {
  expect([...transposeHeat(map([2, 3], 1, 2, 3, 4, 5, 6)).values]).toEqual([3, 6, 2, 5, 1, 4]);
  expect([...transposeHeat(map([3], 1, 2, 3)).values]).toEqual([1, 2, 3]);
});

describe('heat of a series', () => {
  const two = { x: [1, 2, 3, 4], y: [1, 2, 3, 4] };

  it('is that of each line, or of all lines', () => {
    const each = findSeriesHeat(two, map([4, 2], 0, 1, 2, 3, 4, 5, 6, 7))!;
    expect([each(0, 0), each(1, 0), each(0, 3), each(1, 3)]).toEqual([0, 1, 6, 7]);
    const all = findSeriesHeat(two, map([4], 0, 1, 2, 3))!;
    expect([all(0, 2), all(1, 2)]).toEqual([2, 2]);
  });

  it('is found under the steps of a thinned series', () => {
    const heat = findSeriesHeat({ x: [1, 3] }, map([4], 0, 1, 2, 3))!;
    expect([heat(0, 0), heat(0, 1)]).toEqual([0, 2]);
  });

  it('does not exist for a map of other channels, of a picture, or without steps', () => {
    expect(findSeriesHeat(two, map([4, 3], ...Array<number>(12).fill(0)))).toBeUndefined();
    expect(findSeriesHeat(two, map([2, 2, 1], 0, 1, 2, 3))).toBeUndefined();
    expect(findSeriesHeat({}, map([4], 0, 1, 2, 3))).toBeUndefined();
  });
});

describe('heat of a table', () => {
  const columns = ['column', 'value'];
  const rows = [
    ['island', 'Dream'],
    ['beak', 40],
    ['note', 'x'],
    ['sex', 'male'],
  ];

  it('is the sum over the numbers that a row stands for', () => {
    const positions = [[0, 3], [3, 4], null, [4, 6]] as const;
    const heat = findTableHeat({ columns, rows, positions }, map([6], 1, -3, 1, 5, 2, 2))!;
    expect(rows.map((_, row) => heat.data.values[heat.at(row, 1)])).toEqual([-1, 5, 0, 4]);
    expect(heat.data.peak).toBe(5);
  });

  it('lies on columns, rows or cells where there are as many numbers', () => {
    const on = (...values: number[]) => findTableHeat({ columns, rows }, map([values.length], ...values));
    expect(on(7, 8)).toMatchObject({ isByColumn: true });
    expect(on(7, 8)!.at(3, 1)).toBe(1);
    expect(on(1, 2, 3, 4)!.at(3, 1)).toBe(3);
    expect(on(1, 2, 3, 4, 5, 6, 7, 8)!.at(3, 1)).toBe(7);
  });

  it('has no place where the numbers are others', () => {
    expect(findTableHeat({ columns, rows }, map([6], 1, 2, 3, 4, 5, 6))).toBeUndefined();
    const positions = [[0, 3], [3, 4], null, null] as const;
    expect(findTableHeat({ columns, rows, positions }, map([6], 1, 2, 3, 4, 5, 6))).toBeUndefined();
    const none = [null, null, null, null];
    expect(findTableHeat({ columns, rows, positions: none }, map([4], 1, 2, 3, 4))).toBeUndefined();
  });
});
