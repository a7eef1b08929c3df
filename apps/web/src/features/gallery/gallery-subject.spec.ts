import { expect, it } from 'vitest';
import { gallerySubject, whyNotWhole } from './gallery-subject.js';
import { markRange, noMarks, toggleMark } from './marks.js';

const TOTAL = 20;
/** The first items of a list of rows from the last one down; rows from 17 on are of placed samples. */
const items = (count: number) => ({
  count,
  evaluatedTotal: 17,
  itemAt: (index: number) => {
    const id = TOTAL - 1 - index;
    return { id, datasetVersionId: 'data', row: id, isEvaluated: id < 17 };
  },
});
const rows = (bitmap: Uint8Array): number[] =>
  Array.from({ length: 8 * bitmap.length }, (_, row) => row).filter(
    (row) => (bitmap[row >> 3]! & (1 << (row & 7))) !== 0,
  );
const idAt = (index: number): number => TOTAL - 1 - index;

it('keeps marks that are not among the items that have loaded, and leaves out placed samples', () => {
  // Marked while all were listed; the next order has loaded five items, none of which is marked but one.
  const marks = toggleMark(markRange(toggleMark(noMarks(TOTAL), 16, idAt), 19, idAt), 1, idAt);
  expect(marks.count).toBe(5);
  const { bitmap, count } = gallerySubject(items(5), marks);
  expect([count, rows(bitmap)]).toEqual([4, [0, 1, 2, 3]]);
  expect(bitmap).toHaveLength(3);
});

it('takes all items without marks', () => {
  const { bitmap, count } = gallerySubject(items(TOTAL), noMarks(TOTAL));
  expect([count, rows(bitmap)]).toEqual([17, Array.from({ length: 17 }, (_, row) => row)]);
});

it('names what of a list has not come', () => {
  expect(whyNotWhole({ count: 9, isWhole: true })).toBeUndefined();
  expect(whyNotWhole({ count: 120, isWhole: false })).toBe('The samples are being sorted');
  expect(whyNotWhole({ count: 1_000, isWhole: false, matchCount: 50_000 })).toMatch(
    /^1,000 of 50,000 samples have loaded/,
  );
});
