import { describe, expect, it } from 'vitest';
import { combineRows, toSubject, unsharedRows } from './slice-sets.js';

const rows = (...list: number[]) => {
  const bitmap = new Uint8Array(2);
  for (const row of list) bitmap[row >> 3] = bitmap[row >> 3]! | (1 << (row & 7));
  return toSubject(bitmap);
};
const listed = ({ bitmap }: { readonly bitmap: Uint8Array }): number[] =>
  Array.from({ length: 16 }, (_, row) => row).filter((row) => (bitmap[row >> 3]! & (1 << (row & 7))) !== 0);

describe('two slices', () => {
  const [a, b] = [rows(1, 2, 9), rows(2, 9, 15)];

  it('are combined by row', () => {
    expect(listed(combineRows('union', a, b))).toEqual([1, 2, 9, 15]);
    expect(listed(combineRows('intersection', a, b))).toEqual([2, 9]);
    expect(listed(combineRows('difference', a, b))).toEqual([1]);
    expect(combineRows('difference', a, b).count).toBe(1);
  });

  it('are compared by what they do not share', () => {
    const found = unsharedRows(a, b)!;
    expect([listed(found.first), listed(found.second)]).toEqual([[1], [15]]);
    expect(found).toMatchObject({ kind: 'unshared', shared: 2 });
  });

  it('are compared whole without a common row', () => {
    expect(unsharedRows(rows(1), rows(3))).toMatchObject({ kind: 'whole', shared: 0 });
  });

  it('are the inner one and the rest when one contains the other', () => {
    const within = unsharedRows(rows(2), b)!;
    expect([within.kind, listed(within.first), listed(within.second)]).toEqual([
      'first within',
      [2],
      [9, 15],
    ]);
    const around = unsharedRows(b, rows(2))!;
    expect([around.kind, listed(around.first), listed(around.second)]).toEqual([
      'second within',
      [9, 15],
      [2],
    ]);
  });

  it('have no difference when they are equal', () => {
    expect(unsharedRows(a, rows(9, 1, 2))).toBeUndefined();
  });
});
