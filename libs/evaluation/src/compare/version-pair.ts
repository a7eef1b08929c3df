import { checkRows } from '../evaluation.errors.js';
import { UNKNOWN } from '../query/frame.js';

/** A number of each sample in both versions, such as the loss; NaN for a sample without one. */
export interface NumberPair {
  readonly name: string;
  readonly before: Float32Array;
  readonly now: Float32Array;
}

/** Samples that two versions evaluate: row i of all columns is the same sample. */
export interface VersionPair {
  readonly rows: number;
  /**
   * 1 where a version is correct, 0 where not, 255 where that is not known; undefined for tasks without one
   * correct output.
   */
  readonly correct: { readonly before: Uint8Array; readonly now: Uint8Array } | undefined;
  readonly numbers: readonly NumberPair[];
}

/** How a sample changed: in its correctness, or in a number for tasks without correctness. */
export const CORRECTNESS_OUTCOMES = ['correct', 'fixed', 'broken', 'wrong'] as const;
export const NUMBER_OUTCOMES = ['lower', 'same', 'higher'] as const;
export type Outcome = (typeof CORRECTNESS_OUTCOMES)[number] | (typeof NUMBER_OUTCOMES)[number];

/** The outcome of each row as a position in `names`; 255 where a version did not evaluate it. */
export interface Outcomes {
  readonly names: readonly Outcome[];
  readonly codes: Uint8Array;
}

/** Returns the outcomes by correctness, else by the first number. Throws `invalid` COLUMN_LENGTHS_DIFFER. */
export function computeOutcomes({ rows, correct, numbers: [first] }: VersionPair): Outcomes {
  const codes = new Uint8Array(rows).fill(UNKNOWN);
  if (correct !== undefined) {
    checkRows(rows, correct);
    for (let row = 0; row < rows; row++) {
      const code = correctnessCode(correct.before[row]!, correct.now[row]!);
      if (code >= 0) codes[row] = code;
    }
    return { names: CORRECTNESS_OUTCOMES, codes };
  }
  if (first !== undefined) {
    checkRows(rows, { before: first.before, now: first.now });
    for (let row = 0; row < rows; row++) {
      const code = numberCode(first.before[row]!, first.now[row]!);
      if (code >= 0) codes[row] = code;
    }
  }
  return { names: NUMBER_OUTCOMES, codes };
}

/** Position in `CORRECTNESS_OUTCOMES`; −1 where either is not known. */
export const correctnessCode = (before: number, now: number): number =>
  before > 1 || now > 1 ? -1 : before === 1 ? (now === 1 ? 0 : 2) : now === 1 ? 1 : 3;

/** Position in `NUMBER_OUTCOMES`; −1 where either is not finite. */
export const numberCode = (before: number, now: number): number =>
  !Number.isFinite(before) || !Number.isFinite(now) ? -1 : now < before ? 0 : now > before ? 2 : 1;
