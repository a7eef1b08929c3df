import { hasBit } from '@noema/scatterplot';

/**
 * Which samples of a gallery are marked: a bit per row of its population, and the item from which a range
 * extends. Values are never changed in place.
 */
export interface Marks {
  readonly bitmap: Uint8Array;
  readonly count: number;
  /** Index of the item that was marked last; -1 for none. */
  readonly anchor: number;
}

/** No sample of a population of that many rows. */
export const noMarks = (total: number): Marks => ({
  bitmap: new Uint8Array(Math.ceil(total / 8)),
  count: 0,
  anchor: -1,
});

/** Whether the row is marked. */
export const isMarked = ({ bitmap }: Marks, id: number): boolean => hasBit(bitmap, id);

/** Only that item. */
export function markOnly(total: number, index: number, idAt: (index: number) => number): Marks {
  const { bitmap } = noMarks(total);
  setMark(bitmap, idAt(index));
  return { bitmap, count: 1, anchor: index };
}

/** That item as well, or no longer. */
export function toggleMark(marks: Marks, index: number, idAt: (index: number) => number): Marks {
  const bitmap = marks.bitmap.slice();
  const id = idAt(index);
  bitmap[id >> 3] = bitmap[id >> 3]! ^ (1 << (id & 7));
  return { bitmap, count: marks.count + (isMarked(marks, id) ? -1 : 1), anchor: index };
}

/** All items from the anchor to that one, in both directions, instead of what was marked. */
export function markRange(marks: Marks, index: number, idAt: (index: number) => number): Marks {
  const anchor = marks.anchor < 0 ? index : marks.anchor;
  const bitmap = new Uint8Array(marks.bitmap.length);
  const [first, last] = [Math.min(anchor, index), Math.max(anchor, index)];
  for (let at = first; at <= last; at++) setMark(bitmap, idAt(at));
  return { bitmap, count: last - first + 1, anchor };
}

/** The item that a key leads to from another one; `undefined` for a key that does not move. */
export function movedBy(
  key: string,
  index: number,
  { count, columns, lines }: { readonly count: number; readonly columns: number; readonly lines: number },
): number | undefined {
  const within = (next: number): number => Math.max(0, Math.min(count - 1, next));
  // From line to line the column is kept: at the first and the last line nothing moves.
  const byLines = (number: number): number => {
    const line = Math.floor(index / columns);
    const target = Math.max(0, Math.min(Math.floor((count - 1) / columns), line + number));
    return target === line ? index : within(target * columns + (index % columns));
  };
  switch (key) {
    case 'ArrowLeft':
      return within(index - 1);
    case 'ArrowRight':
      return within(index + 1);
    case 'ArrowUp':
      return byLines(-1);
    case 'ArrowDown':
      return byLines(1);
    case 'PageUp':
      return byLines(-lines);
    case 'PageDown':
      return byLines(lines);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}

/** Sets the bit of a row. */
export function setMark(bitmap: Uint8Array, id: number): void {
  bitmap[id >> 3] = bitmap[id >> 3]! | (1 << (id & 7));
}
