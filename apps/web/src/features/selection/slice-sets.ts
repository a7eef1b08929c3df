import { bothMasks, countBits, eitherMask, withoutMask } from '@noema/scatterplot';
import { identifySubject, type Subject } from './subject.js';

/** A slice with its rows, which may still load. */
export interface NamedSubject {
  readonly title: string;
  readonly subject: Subject | undefined;
}

/** How two slices are combined into a new one. */
export type SetOperation = 'union' | 'intersection' | 'difference';

const COMBINE = { union: eitherMask, intersection: bothMasks, difference: withoutMask } as const;

/** The rows of a bitmap. */
export const toSubject = (bitmap: Uint8Array): Subject => identifySubject(bitmap, countBits(bitmap));

/** The rows in either slice, in both, or in the first and not in the second. */
export const combineRows = (kind: SetOperation, { bitmap }: Subject, other: Subject): Subject =>
  toSubject(COMBINE[kind](bitmap, other.bitmap));

/** Two groups of samples without a common one, which a difference of two slices compares. */
export interface Unshared {
  readonly first: Subject;
  readonly second: Subject;
  /** Kind of the groups: the slices themselves, each without the other, or the inner slice and the rest. */
  readonly kind: 'whole' | 'unshared' | 'first within' | 'second within';
  /** Number of samples in both slices. */
  readonly shared: number;
}

/**
 * The groups that a difference of two slices compares: what they do not share; when one contains the other, the
 * inner one and the rest of the outer one. `undefined` for equal slices.
 */
export function unsharedRows(first: Subject, second: Subject): Unshared | undefined {
  const both = combineRows('intersection', first, second);
  if (both.count === 0) return { first, second, kind: 'whole', shared: 0 };
  const [one, other] = [combineRows('difference', first, second), combineRows('difference', second, first)];
  const shared = both.count;
  if (one.count === 0 && other.count === 0) return undefined;
  if (one.count === 0) return { first, second: other, kind: 'first within', shared };
  if (other.count === 0) return { first: one, second, kind: 'second within', shared };
  return { first: one, second: other, kind: 'unshared', shared };
}
