import { count as countText } from '../../parts/numbers.js';
import { identifySubject, type Subject } from '../selection/subject.js';
import type { GalleryItems } from './gallery-items.js';
import { isMarked, type Marks, setMark } from './marks.js';

/**
 * The marked rows of the dataset version of the run; without marks all that are listed. Marks count wherever the
 * list has them, also behind what has loaded.
 */
export function gallerySubject(
  items: Pick<GalleryItems, 'count' | 'evaluatedTotal' | 'itemAt'>,
  marks: Marks,
): Subject {
  const bitmap = new Uint8Array(Math.ceil(items.evaluatedTotal / 8));
  let count = 0;
  const add = (id: number): void => {
    setMark(bitmap, id);
    count++;
  };
  if (marks.count > 0) {
    for (let id = 0; id < items.evaluatedTotal; id++) if (isMarked(marks, id)) add(id);
  } else {
    for (let index = 0; index < items.count; index++) {
      const { id, isEvaluated } = items.itemAt(index);
      if (isEvaluated) add(id);
    }
  }
  return identifySubject(bitmap, count);
}

/** Why the whole list cannot be saved yet; `undefined` when all of it has come. */
export function whyNotWhole({
  count,
  isWhole,
  matchCount,
}: Pick<GalleryItems, 'count' | 'isWhole' | 'matchCount'>): string | undefined {
  if (isWhole) return undefined;
  return matchCount === undefined
    ? 'The samples are being sorted'
    : `${countText(count)} of ${countText(matchCount)} samples have loaded. Scroll to the end, or mark samples`;
}
