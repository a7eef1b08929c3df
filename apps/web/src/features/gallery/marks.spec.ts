import { describe, expect, it } from 'vitest';
import { isMarked, markOnly, markRange, type Marks, movedBy, noMarks, toggleMark } from './marks.js';

const TOTAL = 20;
/** Items in reverse order of their rows. */
const idAt = (index: number): number => TOTAL - 1 - index;
const rows = (marks: Marks): number[] =>
  Array.from({ length: TOTAL }, (_, row) => row).filter((row) => isMarked(marks, row));

describe('marks of a gallery', () => {
  it('marks one item by its row', () => {
    const marks = markOnly(TOTAL, 2, idAt);
    expect(rows(marks)).toEqual([17]);
    expect(marks).toMatchObject({ count: 1, anchor: 2 });
  });

  it('adds an item, and takes it away again', () => {
    const two = toggleMark(markOnly(TOTAL, 0, idAt), 10, idAt);
    expect(rows(two)).toEqual([9, 19]);
    expect(two.count).toBe(2);
    const one = toggleMark(two, 0, idAt);
    expect(rows(one)).toEqual([9]);
    expect(one.count).toBe(1);
    expect(rows(two)).toEqual([9, 19]);
  });

  it('extends a range from the item marked last, in both directions', () => {
    const five = markOnly(TOTAL, 5, idAt);
    expect(rows(markRange(five, 7, idAt))).toEqual([12, 13, 14]);
    const back = markRange(markRange(five, 7, idAt), 4, idAt);
    expect(rows(back)).toEqual([14, 15]);
    expect(back).toMatchObject({ count: 2, anchor: 5 });
  });

  it('starts a range at the item itself when none was marked', () => {
    expect(rows(markRange(noMarks(TOTAL), 3, idAt))).toEqual([16]);
  });
});

describe('keys of a gallery', () => {
  const grid = { count: 10, columns: 4, lines: 2 };
  it.each([
    ['ArrowRight', 3, 4],
    ['ArrowRight', 9, 9],
    ['ArrowLeft', 0, 0],
    ['ArrowDown', 1, 5],
    ['ArrowDown', 7, 9],
    ['ArrowDown', 8, 8],
    ['ArrowUp', 5, 1],
    ['ArrowUp', 2, 2],
    ['PageDown', 0, 8],
    ['PageUp', 9, 1],
    ['Home', 7, 0],
    ['End', 2, 9],
  ])('%s leads from %i to %i', (key, from, to) => {
    expect(movedBy(key, from, grid)).toBe(to);
  });

  it('leaves other keys alone', () => {
    expect(movedBy('n', 3, grid)).toBeUndefined();
  });
});
