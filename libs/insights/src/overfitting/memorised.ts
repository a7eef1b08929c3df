import type { Membership } from '../finding/membership.js';
import { difference, type Gap } from './gap.js';
import type { Scores } from './scores.js';

/** A slice is memorised if training shows less than this share of its held-out level: it looks easy there. */
const SHOWN_IN_TRAINING = 1 / 3;
/** Factor by which the gap of a slice exceeds that of the others. */
const GAP_RATIO = 2;
const SAME = 0.5;

/** A group with its members, one entry a row. */
export interface Slice {
  readonly membership: Membership;
  readonly mask: Uint8Array;
  /** The p-value on the finding half. */
  readonly strength: number;
}

/** Whether a group is good in training, and bad on samples that the model has not learned from, unlike the others. */
export const isMemorised = (inside: Gap, outside: Gap, { minExcess }: Scores): boolean =>
  inside.training.mean <= SHOWN_IN_TRAINING * inside.heldOut.mean &&
  difference(inside) >= GAP_RATIO * Math.max(0, difference(outside)) &&
  difference(inside) - difference(outside) >= minExcess;

/** Keeps the strongest of slices that share more than half of their held-out members (Jaccard). */
export function removeOverlaps(slices: readonly Slice[], rows: Int32Array): Slice[] {
  const kept: Slice[] = [];
  for (const slice of slices.toSorted((a, b) => a.strength - b.strength)) {
    const isSame = kept.some(({ mask }) => {
      let both = 0;
      let either = 0;
      for (const row of rows) {
        both += mask[row]! & slice.mask[row]!;
        either += mask[row]! | slice.mask[row]!;
      }
      return both > SAME * either;
    });
    if (!isSame) kept.push(slice);
  }
  return kept;
}
