import { describe, expect, it } from 'vitest';
import { toSliceColumn } from './slice-column.js';

const COUNT = 11;
const toPoint = (row: number): number => COUNT - 1 - row;
const slice = (name: string, ...rows: number[]) => {
  const bitmap = new Uint8Array(2);
  for (const row of rows) bitmap[row >> 3] = bitmap[row >> 3]! | (1 << (row & 7));
  return { name, bitmap };
};
const column = (...slices: { name: string; bitmap: Uint8Array }[]) =>
  toSliceColumn(slices, { count: COUNT, toPoint });

describe('the slices of points', () => {
  it('are codes by point, with one for several slices', () => {
    const { values, names, missing } = column(slice('a', 0, 1, 10), slice('b', 1, 2));
    const at = (row: number): string | undefined => {
      const code = values[toPoint(row)]!;
      return code === missing ? undefined : names[code];
    };
    expect([0, 1, 2, 3, 10].map(at)).toEqual(['a', 'several slices', 'b', undefined, 'a']);
  });

  it('have no code for several slices without a common point', () => {
    expect(column(slice('a', 0), slice('b', 2)).names).toEqual(['a', 'b']);
  });

  it('are missing everywhere without slices', () => {
    const { values, names, missing } = column();
    expect(names).toEqual([]);
    expect([...values].every((code) => code === missing)).toBe(true);
  });
});
